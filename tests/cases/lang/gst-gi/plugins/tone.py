import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst
Gst.init(None)
def run(q):
    enc = {'wav': 'wavenc', 'flac': 'flacenc', 'ogg': 'vorbisenc ! oggmux', 'opus': 'opusenc ! oggmux', 'mulaw': 'audioresample ! audio/x-raw,rate=8000 ! mulawenc ! wavenc', 'mp3': 'lamemp3enc'}[q.get('f', 'wav')]
    p = Gst.parse_launch('audiotestsrc num-buffers=20 ! audioconvert ! audioresample ! ' + enc + ' ! filesink location=/tmp/tone')
    p.set_state(Gst.State.PLAYING)
    m = p.get_bus().timed_pop_filtered(10 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    p.set_state(Gst.State.NULL)
    if m.type == Gst.MessageType.ERROR: raise RuntimeError(str(m.parse_error()))
    return open('/tmp/tone', 'rb').read()
