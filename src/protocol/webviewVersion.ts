/** Apart from the messages themselves, so that the page can state it without loading their schemas. */
export const WEBVIEW_PROTOCOL_VERSION = 5;
