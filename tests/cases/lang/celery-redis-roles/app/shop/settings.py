import os
broker_url = result_backend = os.environ["BROKER_URL"]
include = ["shop.tasks.pictures", "shop.tasks.papers", "shop.tasks.net", "shop.tasks.misc"]
task_serializer = "json"; accept_content = ["json", "msgpack", "pickle", "yaml"]; result_extended = True
timezone = "Europe/Paris"
task_routes = {"shop.slow": {"queue": "slow"}}
task_queues = None
worker_max_tasks_per_child = 20
worker_send_task_events = True
worker_prefetch_multiplier = 1
task_acks_late = True
beat_schedule = {"tick": {"task": "shop.tick", "schedule": 2.0}}
