"""Pictures as NumPy arrays: files, colour and the MATLAB-conform resize."""
