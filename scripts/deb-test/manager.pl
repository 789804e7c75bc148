# A service manager's socket: appends what a service tells to a file. manager.pl SOCKET FILE
use strict;
use warnings;
use Socket;

my ($place, $file) = @ARGV;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
bind($socket, pack_sockaddr_un($place)) or die "bind $place: $!";
chmod 0777, $place;
open(my $out, '>>', $file) or die "$file: $!";
$out->autoflush(1);
while (defined recv($socket, my $message, 4096, 0)) { print $out "$message\n"; }
