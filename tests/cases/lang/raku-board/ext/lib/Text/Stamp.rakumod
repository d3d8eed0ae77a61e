unit module Text::Stamp;
sub stamp-word(Int $n) is export { %?RESOURCES<words.txt>.lines[$n] }
sub stamp-from(Str $name, Int $n) is export { %?RESOURCES{"$name.txt"}.lines[$n] }
