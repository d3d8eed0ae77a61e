package Library::I18N;
use base 'Locale::Maketext';
our %Lexicon = (_AUTO => 1);
1;
