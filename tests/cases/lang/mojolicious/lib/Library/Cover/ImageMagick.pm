package Library::Cover::ImageMagick;
use Image::Magick;
sub draw { my $i = Image::Magick->new(size => '60x30'); $i->Read('xc:white'); my $e = $i->Annotate(text => 'tea', font => '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', pointsize => 14, x => 5, y => 20); die $e if $e; length(($i->ImageToBlob(magick => 'jpeg'))[0]) > 100 ? 'drawn' : 'empty' }
1;
