import subprocess


class Exporter:
    media = 'image/jpeg'

    def run(self, args):
        return subprocess.run(['convert', '-size', '120x40', 'xc:navy', '-fill', 'white', '-font', '/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf', '-pointsize', '14',
                               '-annotate', '+5+25', args.get('text', 'hello'), 'jpg:-'], check=True, capture_output=True).stdout
