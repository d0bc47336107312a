# What SpamAssassin says of mails: for each file that is named on standard input one line, its score and the tests that it met.
# One process for all of them, with the rules of the package alone: nothing is asked of the network, no file of a user is read.
use strict;
use warnings;
use Mail::SpamAssassin;

my $home = $ARGV[0] or die "usage: spam.pl FOLDER < FILES\n";
my $assassin = Mail::SpamAssassin->new({
    local_tests_only    => 1,
    dont_copy_prefs     => 1,
    userstate_dir       => $home,
    userprefs_filename  => "$home/user_prefs",
    post_config_text    => "use_bayes 0\nuse_auto_welcomelist 0\n",
});
$assassin->compile_now(0);
while (my $file = <STDIN>) {
    chomp $file;
    open my $handle, '<', $file or die "$file: $!\n";
    local $/;
    my $mail   = $assassin->parse(<$handle>);
    my $status = $assassin->check($mail);
    printf "%.2f\t%s\t%s\n", $status->get_score(), $file, $status->get_names_of_tests_hit();
    $status->finish();
    $mail->finish();
}
