class Exporter:
    media = 'image/png'

    def run(self, args):
        import io
        import qrcode
        out = io.BytesIO()
        qrcode.make(args.get('text', 'hello')).save(out)
        return out.getvalue()
