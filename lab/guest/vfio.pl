# A user of VFIO for the lab's messages: performs the steps that its arguments name, and prints each refusal as perror does.
#   perl vfio.pl 'group 14' container 'iommu 1' 'device 0000:02:00.0' info hot-reset reset hold
#   perl vfio.pl 'cdev vfio0' info
# `hold` keeps everything open until /tmp/end is there, and offers no way to be asked for it. Each time that /tmp/enable
# appears it switches the function's memory on, as a guest does.
use strict;
use warnings;
use Fcntl;
$| = 1;

my ($container, $group, $iommufd, $device);

sub open_file {
  sysopen(my $file, $_[0], O_RDWR) or die "$_[0]: $!\n";
  return $file;
}

sub call {
  my ($name, $file, $number, $argument) = @_;
  my $answer = ioctl($file, $number, $argument);
  print "$name: $!\n" unless defined $answer;
  return $answer;
}

# The configuration space is region 7; its command register is at 4.
sub enable_memory {
  my $on = pack 'v', 6;
  syscall(18, fileno $device, $on, 2, (7 << 40) + 4) == 2 or print "pwrite: $!\n";
}

sub hold {
  print "open\n";
  until (-e '/tmp/end') {
    enable_memory() if unlink '/tmp/enable';
    select undef, undef, undef, 0.1;
  }
}

my %steps = (
  group => sub { $group = open_file("/dev/vfio/$_[0]") },
  container => sub {
    $container = open_file('/dev/vfio/vfio');
    call('VFIO_GROUP_SET_CONTAINER', $group, 0x3b68, pack 'i', fileno $container);
  },
  iommu => sub { call('VFIO_SET_IOMMU', $container, 0x3b66, $_[0] + 0) },
  device => sub {
    my $fd = call('VFIO_GROUP_GET_DEVICE_FD', $group, 0x3b6a, "$_[0]\0") or return;
    open $device, '+<&=', int $fd or die "$!\n";
  },
  cdev => sub {
    $device = open_file("/dev/vfio/devices/$_[0]");
    $iommufd = open_file('/dev/iommu');
    call('VFIO_DEVICE_BIND_IOMMUFD', $device, 0x3b76, pack 'L2 l L', 16, 0, fileno $iommufd, 0);
  },
  reset => sub { call('VFIO_DEVICE_RESET', $device, 0x3b6f, 0) },
  info => sub { call('VFIO_DEVICE_GET_PCI_HOT_RESET_INFO', $device, 0x3b70, pack 'L3 x512', 524, 0, 0) },
  'hot-reset' => sub { call('VFIO_DEVICE_PCI_HOT_RESET', $device, 0x3b71, pack 'L3 l', 16, 0, 1, fileno $group) },
  hold => \&hold,
);

for my $argument (@ARGV) {
  my ($step, $operand) = split ' ', $argument;
  $steps{$step}->($operand);
}
