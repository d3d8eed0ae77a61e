unit class Handler::Grammar;
my grammar Calc {
    token TOP { <term>+ % "+" }
    token term { \d+ }
}
has %.conf;
method handle(@a) { [+] Calc.parse(@a[0])<term>.map(+*) }
