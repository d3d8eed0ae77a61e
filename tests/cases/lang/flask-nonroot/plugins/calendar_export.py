class Exporter:
    media = 'text/plain'

    def run(self, args):
        import holidays
        return '\n'.join(f'{d} {n}' for d, n in sorted(holidays.country_holidays(args.get('country', 'DE'), years=2024).items())).encode()
