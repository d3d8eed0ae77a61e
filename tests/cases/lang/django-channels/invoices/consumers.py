from channels.generic.websocket import AsyncJsonWebsocketConsumer
class EchoConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("all", self.channel_name)
        await self.accept()
        await self.channel_layer.group_send("all", {"type": "hello"})
    async def hello(self, event):
        await self.send_json({"hello": "all"})
    async def receive_json(self, content):
        await self.send_json({"echo": content})
