import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst
Gst.init(None)
def run(q):
    p = Gst.parse_launch('videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48 ! videoconvert ! videoscale ! videobalance saturation=0 ! videoconvert ! ' + {'png': 'pngenc', 'jpeg': 'jpegenc'}[q.get('f', 'png')] + ' ! filesink location=/tmp/frame')
    p.set_state(Gst.State.PLAYING)
    m = p.get_bus().timed_pop_filtered(10 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    p.set_state(Gst.State.NULL)
    if m.type == Gst.MessageType.ERROR: raise RuntimeError(str(m.parse_error()))
    return open('/tmp/frame', 'rb').read()
