# Hashes of arrays, string building, sorting and regular expressions.
use strict;
my (%lines, $sum);
for my $i (1 .. 120000) {
    my $word = "w" . ($i * 7919 % 9001);
    push @{ $lines{$word} }, "line $i of $word";
}
for my $word (sort { @{ $lines{$b} } <=> @{ $lines{$a} } || $a cmp $b } keys %lines) {
    my $text = join ",", map { my $t = $_; $t =~ s/line (\d+)/<$1>/; $t } @{ $lines{$word} };
    $sum += length $text;
}
print "$sum\n";
