use Text::Stamp;
unit class Handler::Stamp; has %.conf;
method handle(@a) { stamp-word(1) ~ ' ' ~ stamp-from('quotes', 1) }
