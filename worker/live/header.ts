// What the door says to the feed beside the address of a new line. In a file of its own, because the door may not load the
// class: a `cloudflare:` module.

export const listenerHeader = 'x-listener'
