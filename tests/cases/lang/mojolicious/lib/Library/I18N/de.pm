use utf8; package Library::I18N::de; use Mojo::Base "Library::I18N"; our %Lexicon = (books => "[quant,_1,Buch,Bücher]"); 1;
