package Library::I18N::en; use Mojo::Base "Library::I18N"; our %Lexicon = (books => "[quant,_1,book]"); 1;
