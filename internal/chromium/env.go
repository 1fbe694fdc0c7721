package chromium

// EnvURL is the environment variable with the DevTools address of a Chromium that
// runs already; none is started then.
const EnvURL = "DAYBOOK_CHROMIUM"
