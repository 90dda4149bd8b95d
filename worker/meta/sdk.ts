// The script of Meta that opens its sign-up window, and the origin it comes from. Pure. Called by the door of the sign-up and
// by the content policy of the one page that may load it.

const graph = 'https://graph.facebook.com'

/** Meta's own; where the Graph API is simulated, the simulator's. */
export const sdkOf = (graphOrigin: string): string =>
  graphOrigin === graph ? 'https://connect.facebook.net/en_US/sdk.js' : `${graphOrigin}/sdk.js`

/** What a page needs to be let load besides itself, by directive of the content policy. */
export const sdkSources = (
  graphOrigin: string,
): Record<'script-src' | 'connect-src' | 'frame-src', string> => {
  const meta = graphOrigin === graph
  const simulated = new URL(graphOrigin).origin
  return {
    'script-src': meta ? 'https://connect.facebook.net' : simulated,
    // The script asks there whether somebody is signed in, and listens in a frame of its own.
    'connect-src': meta ? 'https://www.facebook.com' : simulated,
    'frame-src': meta ? 'https://www.facebook.com' : simulated,
  }
}
