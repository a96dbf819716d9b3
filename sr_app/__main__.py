"""`python -m sr_app` is the same command as `sr-app`."""

from sr_app.cli.main import run

if __name__ == "__main__":
    run()
