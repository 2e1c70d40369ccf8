"""The pages customers reach by a signed link: no sign-in, no cookie, no script; one link, one purpose."""
