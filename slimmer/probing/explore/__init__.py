"""What finds out by itself what to ask an application: its links, and its API's description."""
