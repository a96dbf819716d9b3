"""The page in the browser, and under it the same service without Gradio."""
