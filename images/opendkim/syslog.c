/*
 * OpenDKIM speaks to syslog only, and a container has none: its words go to standard error instead, where the keeper
 * takes them up. Loaded before libc.
 */
#include <stdarg.h>
#include <stdio.h>

static void say(const char *format, va_list words)
{
	char line[1024];

	vsnprintf(line, sizeof line, format, words);
	fprintf(stderr, "%s\n", line); /* one write a line: stderr is unbuffered, but fprintf gathers a call's output */
}

void openlog(const char *name, int option, int facility)
{
	(void)name, (void)option, (void)facility;
}

void closelog(void)
{
}

void vsyslog(int priority, const char *format, va_list words)
{
	(void)priority;
	say(format, words);
}

void syslog(int priority, const char *format, ...)
{
	va_list words;

	va_start(words, format);
	vsyslog(priority, format, words);
	va_end(words);
}

/* What a program that was built with _FORTIFY_SOURCE calls. */
void __vsyslog_chk(int priority, int flag, const char *format, va_list words)
{
	(void)flag;
	vsyslog(priority, format, words);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list words;

	(void)flag;
	va_start(words, format);
	vsyslog(priority, format, words);
	va_end(words);
}
