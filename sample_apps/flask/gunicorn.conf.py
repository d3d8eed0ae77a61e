"""Two workers on the exposed port; the log goes where `docker logs` finds it."""

bind = "0.0.0.0:8000"
workers = 2
accesslog = "-"
worker_tmp_dir = "/dev/shm"
