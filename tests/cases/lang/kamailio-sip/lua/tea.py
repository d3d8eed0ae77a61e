import decimal, hashlib
import KSR
from teahelp import steep
class Router:
    def child_init(self, rank): return 0
    def answer(self, msg):
        KSR.hdr.append_to_reply('X-Answer: %s %s\r\n' % (steep(), hashlib.sha1(b'tea').hexdigest()[:6]))
        KSR.sl.send_reply(200, 'python')
        return 1
def mod_init(): return Router()
