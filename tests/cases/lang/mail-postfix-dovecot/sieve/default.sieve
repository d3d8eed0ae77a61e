require ["vacation", "envelope"];
if header :contains "Subject" "holiday" { vacation :addresses "ann@example.com" "I am away"; }
keep;
