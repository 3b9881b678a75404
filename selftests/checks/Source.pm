# SPDX-License-Identifier: GPL-2.0
#
# What the checks in Perl share: which files the project has, and their text
# with comments and strings blanked out, so that a word in a comment is not
# taken for code. Blanking keeps every line and column where it was.

package Source;

use strict;
use warnings;

# The folders of the module's own code.
our $module = qr{^(?:core|patching|tracers|debugfs)/};

my $faults = 0;

# Every file of the project whose path matches one of the patterns: tracked or
# new, not ignored. There is no project without files: an empty answer means
# that git refused, and a check of nothing must not pass.
sub files {
	my @patterns = @_;
	# -c: a checkout may belong to somebody else than the one who checks it.
	open(my $git, '-|', 'git', '-c', 'safe.directory=*', 'ls-files', '-co', '-z',
	     '--exclude-standard') or die "git: $!\n";
	local $/ = "\0";
	my @files = <$git>;
	chomp @files;
	close($git) && @files or die "git ls-files lists no files here\n";
	my %seen;
	@files = grep { -f && !-l && !$seen{$_}++ } sort @files;
	return @files unless @patterns;
	return grep { my $file = $_; grep { $file =~ $_ } @patterns } @files;
}

my %raw;

sub raw {
	my $file = shift;
	return $raw{$file} //= do {
		open(my $in, '<', $file) or die "$file: $!\n";
		local $/;
		<$in> // '';
	};
}

sub blank {
	my $text = shift;
	$text =~ s/[^\n\t]/ /g;
	return $text;
}

# C without comments; without what stands in strings too if asked.
sub code {
	my ($file, %opt) = @_;
	my $text = raw($file);
	$text =~ s{
		(?<comment> /\*.*?\*/ | //[^\n]* )
		| (?<string> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)+' )
	}{
		defined $+{comment} ? blank($+{comment})
			: $opt{strings} ? $+{string}
			: substr($+{string}, 0, 1) . blank(substr($+{string}, 1, -1))
			  . substr($+{string}, -1)
	}gsex;
	return $text;
}

sub lines {
	return split(/\n/, shift, -1);
}

# The text above the first #include: what a file says of itself.
sub head {
	my $text = raw(shift);
	$text =~ s/^\s*#\s*include.*//ms;
	return $text;
}

# PURE files say so in their head; a header is PURE with its .c.
sub is_pure {
	my $file = shift;
	return 1 if head($file) =~ /\bPURE\b/;
	(my $twin = $file) =~ s/\.h$/.c/;
	return $twin ne $file && -f $twin && head($twin) =~ /\bPURE\b/;
}

sub pure {
	my $ext = shift;
	return grep { is_pure($_) } files(qr{$module.*\.$ext$});
}

# Files of C that are compiled for user space only.
sub user_space {
	my $ext = shift;
	return grep { !m{^selftests/kmod/} } files(qr{^(?:user|selftests)/.*\.$ext$});
}

# What may stand before a function's name with an argument of its own.
my $attribute = qr/__(?:attribute__|printf|scanf|aligned|section|must_hold|acquires|releases)/;

# The function definitions of a C file: {name, type, head, first, last, static,
# init}. A body opens with a brace of its own in column 0 and closes likewise:
# checkpatch sees to that.
sub functions {
	my $file = shift;
	my $text = code($file);
	# Preprocessor lines with their continuations.
	$text =~ s/^([ \t]*#(?:[^\n]*\\\n)*[^\n]*)/blank($1)/gme;
	my @lines = lines($text);
	my @found;
	for (my $i = 0; $i < @lines; $i++) {
		next unless $lines[$i] =~ /^\{\s*$/;
		my $first = $i;
		$first-- while $first > 0 && $lines[$first - 1] =~ /\S/ &&
			$lines[$first - 1] !~ /[;}]\s*$/;
		my $last = $i;
		$last++ while $last < $#lines && $lines[$last] !~ /^\}/;
		my $head = join(' ', @lines[$first .. $i - 1]);
		my $plain = $head;
		$plain =~ s/\b$attribute\s*(\((?:[^()]++|(?1))*\))//g;
		if ($plain =~ /^(.*?)\b(\w+)\s*\(/) {
			my ($type, $name) = ($1, $2);
			push @found, {
				name => $name,
				head => $head,
				first => $first + 1,
				last => $last + 1,
				static => scalar($type =~ /\bstatic\b/),
				init => scalar($type =~ /\b__(?:init|exit)\b/),
				void => scalar($type =~ /\bvoid(?:\s+\w+)*\s*$/),
			};
		}
		$i = $last;
	}
	return @found;
}

# One fault, at a place.
sub fault {
	my ($file, $line, $what) = @_;
	print "$file:$line: $what\n";
	$faults++;
}

sub finish {
	exit($faults ? 1 : 0);
}

1;
