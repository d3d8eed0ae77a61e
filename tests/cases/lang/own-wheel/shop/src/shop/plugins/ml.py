def work():
    import onnxruntime
    return ",".join(onnxruntime.get_available_providers())
