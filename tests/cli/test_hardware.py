from sr_app.cli.hardware import describe_hardware, processor


def test_cores_and_processor_are_named():
    words = describe_hardware()
    assert "CPU cores" in words and processor() in words and processor()
