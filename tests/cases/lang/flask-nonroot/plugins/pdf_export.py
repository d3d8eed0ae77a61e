class Exporter:
    media = 'application/pdf'

    def run(self, args):
        from fpdf import FPDF
        pdf = FPDF()
        pdf.add_page()
        pdf.add_font('Liberation', fname='/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf')
        pdf.set_font('Liberation', size=12)
        pdf.cell(text='Größe ' + args.get('text', ''))
        return bytes(pdf.output())
