// `window.Telegram.WebApp` for Mini Apps on a machine without a network, where Telegram's own script can't be loaded.
// Guards: an app that uses only what is here behaves in Telegram as it does in the local chat.
// A classic script: an app loads it with <script src="…/js/telegram-web-app.js"></script>.

(() => {
  const launch = new URLSearchParams(location.hash.slice(1));
  const listeners = new Map();
  const once = { prepared_message: [], popup_closed: [], invoice_closed: [], write_access_requested: [], phone_requested: [] };
  const tell = (eventType, eventData = {}) => parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
  const parsed = (text, otherwise) => {
    try {
      return JSON.parse(text);
    } catch {
      return otherwise;
    }
  };
  const fire = (name, fact) => [...(listeners.get(name) ?? [])].forEach((listener) => listener.call(app, fact));

  /** Launch data as an object. It is for showing only: whoever acts on it checks the signature of `initData` first. */
  function unsafe(query) {
    const facts = Object.fromEntries(new URLSearchParams(query));
    return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, /^[{[]/.test(value) ? parsed(value, value) : name === "auth_date" ? Number(value) : value]));
  }

  function paint(theme) {
    app.themeParams = theme;
    const light = parseInt(String(theme.bg_color ?? "#ffffff").slice(1), 16);
    app.colorScheme = ((light >> 16) * 3 + ((light >> 8) & 255) * 6 + (light & 255)) / 10 < 120 ? "dark" : "light";
    for (const [name, value] of Object.entries(theme)) document.documentElement.style.setProperty(`--tg-theme-${name.replaceAll("_", "-")}`, value);
    document.documentElement.style.setProperty("--tg-color-scheme", app.colorScheme);
  }

  /** A button of the frame around the app. */
  function bottomButton(event, text) {
    const state = { text, color: undefined, textColor: undefined, isVisible: false, isActive: true, isProgressVisible: false };
    const send = () => tell(event, { is_visible: state.isVisible, is_active: state.isActive, is_progress_visible: state.isProgressVisible, text: state.text, color: state.color, text_color: state.textColor });
    const change = (facts) => {
      Object.assign(state, facts);
      send();
      return button;
    };
    const clicked = event.includes("main") ? "mainButtonClicked" : "secondaryButtonClicked";
    const button = {
      setText: (words) => change({ text: words }),
      setParams: ({ text: words = state.text, color = state.color, text_color: textColor = state.textColor, is_visible: isVisible = state.isVisible, is_active: isActive = state.isActive }) => change({ text: words, color, textColor, isVisible, isActive }),
      show: () => change({ isVisible: true }),
      hide: () => change({ isVisible: false }),
      enable: () => change({ isActive: true }),
      disable: () => change({ isActive: false }),
      showProgress: (staysActive = false) => change({ isProgressVisible: true, isActive: staysActive }),
      hideProgress: () => change({ isProgressVisible: false, isActive: true }),
      onClick: (act) => (app.onEvent(clicked, act), button),
      offClick: (act) => (app.offEvent(clicked, act), button),
    };
    for (const name of Object.keys(state)) Object.defineProperty(button, name, { get: () => state[name], set: (value) => change({ [name]: value }) });
    return button;
  }

  const back = {
    isVisible: false,
    show: () => setBack(true),
    hide: () => setBack(false),
    onClick: (act) => (app.onEvent("backButtonClicked", act), back),
    offClick: (act) => (app.offEvent("backButtonClicked", act), back),
  };
  function setBack(isVisible) {
    back.isVisible = isVisible;
    tell("web_app_setup_back_button", { is_visible: isVisible });
    return back;
  }

  const ask = (event, answer, facts, act) => {
    if (act) once[answer].push(act);
    tell(event, facts);
  };
  const initData = launch.get("tgWebAppData") ?? "";
  const app = {
    initData,
    initDataUnsafe: unsafe(initData),
    version: launch.get("tgWebAppVersion") ?? "6.0",
    platform: launch.get("tgWebAppPlatform") ?? "unknown",
    isExpanded: true,
    viewportHeight: innerHeight,
    viewportStableHeight: innerHeight,
    MainButton: bottomButton("web_app_setup_main_button", "Continue"),
    SecondaryButton: bottomButton("web_app_setup_secondary_button", "Cancel"),
    BackButton: back,
    isVersionAtLeast: (wanted) => app.version.localeCompare(wanted, "en", { numeric: true }) >= 0,
    ready: () => tell("web_app_ready"),
    expand: () => tell("web_app_expand"),
    close: () => tell("web_app_close"),
    sendData: (data) => tell("web_app_data_send", { data: String(data) }),
    enableClosingConfirmation: () => tell("web_app_setup_closing_behavior", { need_confirmation: true }),
    disableClosingConfirmation: () => tell("web_app_setup_closing_behavior", { need_confirmation: false }),
    openLink: (url) => tell("web_app_open_link", { url: new URL(url, location.href).href }),
    openTelegramLink: (url) => tell("web_app_open_tg_link", { path_full: new URL(url).pathname + new URL(url).search }),
    openInvoice: (url, act) => ask("web_app_open_invoice", "invoice_closed", { slug: new URL(url).pathname.slice(1) }, act),
    switchInlineQuery: (query) => tell("web_app_switch_inline_query", { query, chat_types: [] }),
    showPopup: ({ title, message, buttons = [{ id: "", type: "close" }] }, act) => ask("web_app_open_popup", "popup_closed", { title, message, buttons }, act),
    showAlert: (message, act) => app.showPopup({ message }, act && (() => act())),
    showConfirm: (message, act) => app.showPopup({ message, buttons: [{ id: "ok", type: "ok" }, { id: "", type: "cancel" }] }, act && ((id) => act(id === "ok"))),
    shareMessage: (id, act) => ask("web_app_send_prepared_message", "prepared_message", { id }, act),
    requestWriteAccess: (act) => ask("web_app_request_write_access", "write_access_requested", {}, act),
    requestContact: (act) => ask("web_app_request_phone", "phone_requested", {}, act),
    onEvent: (name, act) => listeners.set(name, [...(listeners.get(name) ?? []), act]),
    offEvent: (name, act) => listeners.set(name, (listeners.get(name) ?? []).filter((other) => other !== act)),
  };

  const HEARD = {
    main_button_pressed: () => fire("mainButtonClicked"),
    secondary_button_pressed: () => fire("secondaryButtonClicked"),
    back_button_pressed: () => fire("backButtonClicked"),
    theme_changed: ({ theme_params: theme }) => {
      paint(theme);
      fire("themeChanged");
    },
    viewport_changed: ({ height, is_state_stable: isStateStable }) => {
      app.viewportHeight = app.viewportStableHeight = height;
      fire("viewportChanged", { isStateStable });
    },
    popup_closed: ({ button_id: id = null }) => {
      once.popup_closed.shift()?.(id);
      fire("popupClosed", { button_id: id });
    },
    invoice_closed: ({ slug, status }) => {
      once.invoice_closed.shift()?.(status);
      fire("invoiceClosed", { url: `https://t.me/${slug}`, status });
    },
    prepared_message_sent: () => {
      once.prepared_message.shift()?.(true);
      fire("shareMessageSent");
    },
    prepared_message_failed: ({ error }) => {
      once.prepared_message.shift()?.(false);
      fire("shareMessageFailed", { error });
    },
    write_access_requested: ({ status }) => {
      once.write_access_requested.shift()?.(status === "allowed");
      fire("writeAccessRequested", { status });
    },
    phone_requested: ({ status }) => {
      once.phone_requested.shift()?.(status === "sent");
      fire("contactRequested", { status });
    },
  };
  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    const said = parsed(data, {});
    HEARD[said.eventType]?.(said.eventData ?? {});
  });

  paint(parsed(launch.get("tgWebAppThemeParams"), {}));
  window.Telegram = { ...window.Telegram, WebApp: app };
  tell("iframe_ready", { reload_supported: false });
})();
