// What the page itself says, in English and Chinese. Messages of people and of the bot are never translated.

const WORDS = {
  "page.title": ["{brand} · local chat", "{brand} · 本地聊天"],
  "chats": ["Chats", "聊天"],
  "i.am": ["I am", "我是"],
  "switch.person": ["I am {name}. Switch person", "我是 {name}，切换身份"],
  "whose.eyes": ["Whose eyes and hands do you want?", "换谁来看、来操作？"],
  "act.as": ["Become {name}", "切换为 {name}"],
  "act.as.unread": ["Become {name}: {n} unread", "切换为 {name}：{n} 条未读"],
  "add.person": ["Add a person", "添加一个人"],
  "page.language": ["Language of the page", "页面语言"],
  "phone.frame": ["Phone-sized window", "手机大小的窗口"],
  "phone.frame.off": ["Full window", "使用整个窗口"],
  "lang.en": ["English", "英语"],
  "lang.zh": ["Chinese", "中文"],
  "bot": ["bot", "机器人"],
  "bot.offline": ["bot is offline", "机器人离线"],
  "members": ["{n} members", "{n} 位成员"],
  "you": ["You", "你"],
  "creator": ["owner", "群主"],
  "administrator": ["admin", "管理员"],
  "banner.connecting": ["Connecting…", "正在连接…"],
  "banner.lost": ["Connection lost. Reconnecting…", "连接已断开，正在重新连接…"],
  "banner.bot": ["The bot is offline. It will read your messages when it is back.", "机器人离线，恢复后会读到你的消息。"],
  "typing": ["typing", "正在输入"],
  "sending.photo": ["sending a photo", "正在发送图片"],
  "sending.file": ["sending a file", "正在发送文件"],
  "busy": ["working", "正在处理"],
  "play.money": ["Play money, only on this computer", "模拟货币，只在这台电脑上"],
  "welcome.title": ["Pay each other in a chat, and see how it goes", "在聊天里互相付款，先在这里试试"],
  "welcome.text": [
    "This chat runs on your own machine, with {brand} in it and a few people you can be. The money is play money, and nothing leaves this computer.",
    "这个聊天只在你的电脑上运行：{brand} 就在里面，还有几个人物由你来扮演。钱是模拟货币，任何内容都不会离开这台电脑。",
  ],
  "welcome.try": ["Things to try", "可以试试"],
  "idea.start": ["Open a wallet: in private with {brand}", "开通钱包：和 {brand} 私聊"],
  "idea.topup": ["Get play money to spend", "领一些模拟货币"],
  "idea.send": ["Pay {name} in the group", "在群里付钱给 {name}"],
  "idea.again": ["The same, in plain Chinese", "用英文命令也一样"],
  "welcome.keys": ["changes who you are", "切换身份"],
  "nothing.yet": ["No messages yet", "还没有消息"],
  "private.hello": ["What can this bot do?", "这个机器人能做什么？"],
  "group.empty": ["Nobody has said anything here yet.", "这里还没有人说话。"],
  "start": ["Start", "开始"],
  "restart": ["Restart the bot", "重新启用机器人"],
  "stop.bot": ["Stop the bot", "停用机器人"],
  "stop.bot.ask": ["The bot can't write to you until you start it again.", "重新启用之前，机器人无法给你发消息。"],
  "join.group": ["Join the group", "加入群聊"],
  "leave.group": ["Leave the group", "退出群聊"],
  "leave.group.ask": ["You can join again at any time.", "你随时可以再加入。"],
  "back": ["Back to the chats", "返回聊天列表"],
  "chat.menu": ["More about this chat", "聊天选项"],
  "show.members": ["Members", "成员"],
  "mention": ["Mention", "提及"],
  "message": ["Message", "消息"],
  "write.here": ["Write a message", "输入消息"],
  "send": ["Send", "发送"],
  "save": ["Save", "保存"],
  "menu": ["Menu", "菜单"],
  "bot.commands": ["Commands of the bot", "机器人的命令"],
  "show.keyboard": ["Show the bot's keyboard", "显示机器人的键盘"],
  "hide.keyboard": ["Hide the bot's keyboard", "收起机器人的键盘"],
  "attach": ["Attach", "添加附件"],
  "attach.photo": ["Picture or film", "图片或视频"],
  "attach.file": ["File", "文件"],
  "attach.contact": ["Contact", "联系人"],
  "attach.location": ["Location", "位置"],
  "attach.drop": ["Drop it here to send it", "拖到这里发送"],
  "attach.too.large": ["That file is larger than {n} MB.", "这个文件超过 {n} MB。"],
  "chars.left": ["{n} characters left", "还可以输入 {n} 个字符"],
  "reply": ["Reply", "回复"],
  "reply.to": ["Reply to {name}", "回复 {name}"],
  "reply.stop": ["Don't reply", "取消回复"],
  "editing": ["Edit message", "编辑消息"],
  "edit": ["Edit", "编辑"],
  "edit.stop": ["Stop editing", "取消编辑"],
  "delete": ["Delete", "删除"],
  "copy.text": ["Copy text", "复制文字"],
  "copied": ["Copied", "已复制"],
  "not.copied": ["The browser did not allow copying.", "浏览器不允许复制。"],
  "copy": ["Copy", "复制"],
  "message.actions": ["Message actions", "消息操作"],
  "edited": ["edited", "已编辑"],
  "only.you": ["Only you can see this", "只有你能看到"],
  "dismiss": ["Dismiss", "关闭"],
  "hidden.text": ["Hidden text, press to show", "隐藏的文字，点按显示"],
  "show.more": ["Show more", "展开"],
  "show.less": ["Show less", "收起"],
  "photo": ["Photo", "图片"],
  "photo.open": ["Photo, open in full size", "图片，查看原图"],
  "photo.gone": ["The picture can't be shown", "无法显示图片"],
  "file": ["File", "文件"],
  "video": ["Video", "视频"],
  "audio": ["Audio", "音频"],
  "voice": ["Voice message", "语音消息"],
  "animation": ["Animation", "动图"],
  "download": ["Download", "下载"],
  "contact": ["Contact", "联系人"],
  "location": ["Location", "位置"],
  "unknown": ["A message of a kind this page can't show", "这个页面无法显示的消息"],
  "draft": ["Draft:", "草稿："],
  "today": ["Today", "今天"],
  "yesterday": ["Yesterday", "昨天"],
  "new.messages": ["New messages", "新消息"],
  "messages": ["Messages", "消息"],
  "older": ["Loading older messages…", "正在加载更早的消息…"],
  "to.bottom": ["Go to the newest message", "回到最新消息"],
  "to.bottom.n": ["{n} new messages. Go to the newest", "{n} 条新消息，回到最新"],
  "not.here": ["That message is no longer here.", "那条消息已经不在了。"],
  "joined": ["{name} joined the group", "{name} 加入了群聊"],
  "added": ["{by} added {name}", "{by} 邀请 {name} 加入了群聊"],
  "left": ["{name} left the group", "{name} 退出了群聊"],
  "removed": ["{by} removed {name}", "{by} 将 {name} 移出了群聊"],
  "renamed": ["{by} named the group “{title}”", "{by} 将群名改为「{title}」"],
  "shared": ["{names} shared with the bot", "已把 {names} 发给机器人"],
  "pinned": ["{by} pinned “{text}”", "{by} 置顶了「{text}」"],
  "allowed": ["You allowed the bot to write to you", "你允许机器人给你发消息"],
  "migrated": ["The group was upgraded to a supergroup", "群聊已升级为超级群"],
  "paid.by.you": ["You paid {amount} to {to}", "你向 {to} 支付了 {amount}"],
  "paid.by": ["{by} paid {amount} to {to}", "{by} 向 {to} 支付了 {amount}"],
  "app.data": ["Data from “{button}” was sent to the bot", "已把「{button}」的数据发给机器人"],
  "topics": ["Topics", "话题"],
  "topic.all": ["All", "全部"],
  "topic.general": ["General", "综合"],
  "topic.new": ["New topic", "新话题"],
  "topic.name": ["Name of the topic", "话题名称"],
  "topic.menu": ["More about this topic", "话题选项"],
  "topic.rename": ["Rename", "重命名"],
  "topic.close": ["Close the topic", "关闭话题"],
  "topic.reopen": ["Reopen the topic", "重新打开话题"],
  "topic.delete": ["Delete the topic", "删除话题"],
  "topic.created": ["{by} opened the topic “{name}”", "{by} 新建了话题「{name}」"],
  "topic.renamed": ["{by} named the topic “{name}”", "{by} 将话题改名为「{name}」"],
  "topic.changed": ["{by} changed the topic", "{by} 修改了话题"],
  "topic.closed.by": ["{by} closed the topic “{name}”", "{by} 关闭了话题「{name}」"],
  "topic.reopened": ["{by} reopened the topic “{name}”", "{by} 重新打开了话题「{name}」"],
  "topic.hidden": ["{by} hid the general topic", "{by} 隐藏了综合话题"],
  "topic.unhidden": ["{by} showed the general topic again", "{by} 重新显示了综合话题"],
  "voice.as": ["You write as {name}", "你以 {name} 的身份发言"],
  "voice.choose": ["In whose name do you write?", "以谁的身份发言？"],
  "mute.topic": ["This topic is closed.", "这个话题已关闭。"],
  "mute.channel": ["Only administrators post here.", "只有管理员可以在这里发布。"],
  "mute.here": ["You may not write here.", "你不能在这里发言。"],
  "subscribers": ["{n} subscribers", "{n} 位订阅者"],
  "via": ["via {name}", "通过 {name}"],
  "forwarded.from": ["Forwarded from", "转发自"],
  "forward": ["Forward", "转发"],
  "forward.to": ["Forward to", "转发到"],
  "forwarded.to": ["Forwarded to {name}", "已转发到 {name}"],
  "hidden.media": ["Covered picture, press to show", "遮住的图片，点按显示"],
  "play": ["Play", "播放"],
  "caption": ["Caption", "说明文字"],
  "send.pictures": ["Send pictures", "发送图片"],
  "send.files": ["Send files", "发送文件"],
  "send.as.file": ["Send as a file, unchanged", "作为文件发送，不作改动"],
  "pick.chat": ["Choose a chat", "选择一个聊天"],
  "pick.group": ["Choose a group", "选择一个群聊"],
  "pick.channel": ["Choose a channel", "选择一个频道"],
  "pick.none": ["There is none that fits.", "没有合适的可选。"],
  "place.map": ["Map: press, or move the pin with the arrow keys", "地图：点按或用方向键移动图钉"],
  "place.shanghai": ["Shanghai", "上海"],
  "place.beijing": ["Beijing", "北京"],
  "place.london": ["London", "伦敦"],
  "inline.asking": ["Asking the bot…", "正在询问机器人…"],
  "inline.nothing": ["The bot offers nothing for this.", "机器人没有可选的结果。"],
  "pay": ["Pay", "支付"],
  "pay.to": ["To {name} · play money", "付给 {name} · 模拟货币"],
  "pay.amount": ["Pay {amount}", "支付 {amount}"],
  "pay.total": ["Total", "合计"],
  "pay.tip": ["Tip", "小费"],
  "pay.tip.own": ["Another amount", "其他金额"],
  "pay.tip.most": ["At most {amount}", "最多 {amount}"],
  "pay.name": ["Name", "姓名"],
  "pay.phone_number": ["Phone number", "手机号"],
  "pay.email": ["E-mail address", "电子邮箱"],
  "pay.street_line1": ["Street and number", "街道和门牌号"],
  "pay.city": ["City", "城市"],
  "pay.state": ["State or province", "省／州"],
  "pay.post_code": ["Postcode", "邮政编码"],
  "pay.country_code": ["Country (two letters)", "国家（两个字母）"],
  "pay.delivery": ["Delivery", "配送方式"],
  "pay.delivery.ask": ["Show ways of delivery", "查看配送方式"],
  "pay.asking": ["Asking the bot…", "正在询问机器人…"],
  "pay.silent": ["The bot did not answer in time. Nothing was paid.", "机器人没有及时回应，没有付款。"],
  "pay.done": ["Paid", "支付成功"],
  "pay.done.before": ["You have paid this already.", "你已经付过了。"],
  "app.back": ["Back in the app", "在应用内返回"],
  "app.leave": ["Close the app?", "要关闭应用吗？"],
  "app.leave.text": ["What you changed may not be saved.", "你做的更改可能没有保存。"],
  "app.write": ["Let the bot write to you?", "要允许机器人给你发消息吗？"],
  "app.write.text": ["The app asks for it.", "应用请求这项许可。"],
  "allow": ["Allow", "允许"],
  "ask.phone": ["Share your phone number?", "要分享你的手机号吗？"],
  "ask.phone.text": ["The bot will learn that this number is yours: {phone}", "机器人会知道这个号码是你的：{phone}"],
  "ask.location": ["Share your location?", "要分享你的位置吗？"],
  "ask.location.text": ["The place is made up: choose one on the map. This page does not know where you are.", "位置是虚拟的，请在地图上选一个；这个页面不知道你在哪里。"],
  "share": ["Share", "分享"],
  "pick.people": ["Choose whom to share", "选择要分享的人"],
  "pick.one": ["Choose one person", "选择一个人"],
  "pick.up.to": ["Choose up to {n} people", "最多选择 {n} 个人"],
  "pick.contact": ["Whose contact do you want to send?", "要发送谁的名片？"],
  "cancel": ["Cancel", "取消"],
  "ok": ["OK", "好"],
  "open": ["Open", "打开"],
  "open.link": ["Open this link?", "要打开这个链接吗？"],
  "open.link.text": ["It leads out of the chat:", "它会离开聊天："],
  "link.unsafe": ["That link can't be opened here.", "这个链接无法在这里打开。"],
  "link.unknown": ["There is nobody called @{name} here.", "这里没有叫 @{name} 的人。"],
  "no.answer": ["The bot has not answered yet.", "机器人还没有回应。"],
  "not.sent": ["Not sent: {why}", "没有发送：{why}"],
  "failed": ["That did not work: {why}", "没有成功：{why}"],
  "no.server": ["the local chat does not answer", "本地聊天没有响应"],
  "first.name": ["Name", "名字"],
  "user.name": ["User name (optional)", "用户名（可不填）"],
  "user.name.bad": ["5-32 letters, digits or underscores, beginning with a letter", "5-32 个字母、数字或下划线，以字母开头"],
  "their.language": ["Language of their Telegram", "对方 Telegram 的语言"],
  "add.person.text": ["A new person who has never met the bot, and is in the group at once.", "一个从没见过机器人的新人，会直接进群。"],
  "add": ["Add", "添加"],
  "close": ["Close", "关闭"],
  "no.username": ["no user name", "没有用户名"],
  "tools": ["Tools", "工具"],
  "pane.beside": ["Somebody else beside this", "在旁边再开一个人"],
  "pane.close": ["Close this side", "关闭这一侧"],
  "search": ["Search", "搜索"],
  "search.here": ["Search in this chat", "在聊天中搜索"],
  "search.in": ["In {chat}", "范围：{chat}"],
  "search.everywhere": ["Search everywhere", "搜索全部聊天"],
  "search.chats": ["Chats", "聊天"],
  "search.people": ["People", "联系人"],
  "search.messages": ["Messages", "消息"],
  "search.nothing": ["Nothing found for “{words}”", "没有找到「{words}」"],
  "search.more": ["Show more", "显示更多"],
  "reset.title": ["Start over", "重新开始"],
  "reset.text": [
    "Every chat is emptied for everybody: messages, keyboards, what the bot has set. Wallets are the bot's own and keep their money and their history.",
    "所有人的聊天都会清空：消息、键盘、机器人的设置。钱包归机器人保管，里面的钱和账单都会保留。",
  ],
  "reset.people": ["Bring back the first four people and their group, and nobody else", "只保留最初的四个人和他们的群"],
  "reset.yes": ["Empty the chats", "清空聊天"],
  "reset.done": ["Everything is empty now.", "已经全部清空。"],
  "mail.title": ["Mail that was sent", "已发出的邮件"],
  "calls.title": ["Calls of the bot", "Bot API 调用记录"],
  "calls.refused": ["Refused only", "只看被拒绝的"],
  "calls.method": ["Method", "方法"],
  "calls.every": ["All but getUpdates", "全部（getUpdates 除外）"],
  "calls.none": ["The bot has not called anything yet.", "机器人还没有调用过。"],
  "calls.none.such": ["No such call yet.", "还没有这样的调用。"],
  "calls.checks": ["Checks", "检查"],
  "calls.parameters": ["Parameters", "参数"],
  "calls.answer": ["Answer", "回应"],
  "calls.check.token": ["Token", "令牌"],
  "calls.check.method": ["Method is known", "方法存在"],
  "calls.check.parameters": ["Parameters have the right names and types", "参数的名称和类型正确"],
  "calls.check.rules": ["Telegram's own rules", "Telegram 自己的规则"],
  "calls.check.injected": ["Error made on purpose", "故意制造的错误"],
  "calls.ignored": ["ignored: {names}", "已忽略：{names}"],
  "calls.by.webhook": ["in the answer to a webhook", "在 webhook 的回应里"],
  "viewer.of": ["{n} of {all}", "第 {n} 张，共 {all} 张"],
  "viewer.before": ["Picture before", "上一张"],
  "viewer.after": ["Next picture", "下一张"],
  "viewer.zoom": ["Full size", "原始大小"],
  "tour.take": ["Guided tour", "产品导览"],
  "tour.progress": ["{n} of {all} steps done", "已完成 {n} 步，共 {all} 步"],
  "tour.lead": ["Show me", "带我去"],
  "tour.skip": ["Skip", "跳过"],
  "tour.again": ["Once more", "再来一遍"],
  "tour.close": ["Close the tour; it goes on from here", "关闭导览，下次从这里继续"],
  "tour.be": ["Be {payer}", "扮演 {payer}"],
  "tour.be.text": ["You can be anybody here: the name at the top is the switch.", "在这里你可以扮演任何人：点最上面的名字就能切换。"],
  "tour.start": ["Meet the bot", "认识机器人"],
  "tour.start.text": ["Open the private chat and press Start, as everybody does who comes for the first time.", "打开私聊，点「开始」。每个人第一次来都是这样。"],
  "tour.agree": ["Read and agree", "阅读并同意"],
  "tour.agree.text": ["Choose a language. Then one screen links what you agree to, and one button says yes.", "先选语言。接着一屏列出要同意的协议，点一个按钮就行。"],
  "tour.number": ["Share the phone number", "分享手机号"],
  "tour.number.text": ["The button under the field shares it; only one's own number counts. The wallet is open at once.", "用输入框下方的按钮分享，只有自己的号码才算数。钱包马上就开通。"],
  "tour.topup": ["Top up", "充值"],
  "tour.topup.text": ["Play money, as much as you like. The first time, the bot asks for one more agreement and then goes on by itself. Send:", "模拟货币，要多少有多少。第一次用时机器人会再请你同意一份协议，然后自动继续。发送："],
  "tour.second": ["{payee} joins too", "{payee} 也来开通"],
  "tour.second.text": ["Be {payee}: press Start, choose a language, agree, share the number.", "扮演 {payee}：点「开始」，选语言，同意协议，分享手机号。"],
  "tour.pay": ["Pay {payee} in the group", "在群里付钱给 {payee}"],
  "tour.pay.text": ["As {payer}, in front of everybody. The bot asks once whether you mean it: press the first button. Send:", "以 {payer} 的身份，当着大家的面。机器人会确认一次，点第一个按钮。发送："],
  "tour.look": ["Be {payee} and look", "看看 {payee} 收到了什么"],
  "tour.look.text": ["The money is in the private chat, with a receipt whose code both sides can quote.", "钱到了，就在私聊里，凭证上的编号双方都能引用。"],
  "tour.more": ["Pay somebody who never joined", "付钱给还没开通的人"],
  "tour.more.text": ["Whoever has no wallet yet gets 24 hours to claim what you send; {stranger} is the one to try it with. Send it as {payer} and confirm:", "还没有钱包的人，有 24 小时可以领取你转的钱；这里请 {stranger} 来试。以 {payer} 的身份发送并确认："],
  "tour.claim": ["{stranger} claims it", "{stranger} 来领取"],
  "tour.claim.text": ["Be {stranger}, press the button in the group, and join on the way: the money comes at the end.", "扮演 {stranger}，点群里的领取按钮，顺路开通钱包，最后钱就到了。"],
  "tour.large": ["A larger amount takes a PIN", "大额付款要支付密码"],
  "tour.large.text": ["As {payer}, in the group. The group sees only that it waits; in private a keypad asks for six digits of your choice, twice. Send:", "以 {payer} 的身份在群里付。群里只看得到正在等待，私聊里会有键盘请你设置六位密码，输入两遍。发送："],
  "tour.settings": ["{payee} wants to be asked first", "{payee} 想先确认再收款"],
  "tour.settings.text": ["All that is one's own to choose is here. As {payee}: “Confirm incoming”, then “Let it wait for me”. Send:", "自己能决定的都在设置里。以 {payee} 的身份点「收款确认」，再点「改为由我确认」。发送："],
  "tour.incoming": ["{payer} pays {payee} again", "{payer} 再付钱给 {payee}"],
  "tour.incoming.text": ["This time the money waits for {payee}, and {payer} could take it back. Send it as {payer}:", "这回钱要等 {payee} 确认，在那之前 {payer} 还能撤回。以 {payer} 的身份发送："],
  "tour.accept": ["{payee} accepts it", "{payee} 确认收款"],
  "tour.accept.text": ["As {payee}, in private: accept it. What is declined, or not accepted within 24 hours, goes back. /settings lets it arrive at once again.", "以 {payee} 的身份在私聊里点「确认收款」。谢绝的，或 24 小时内没有确认的，会退回去。想恢复立即到账，再到「设置」里改。"],
  "tour.history": ["See where the money went", "看看钱去了哪里"],
  "tour.history.text": ["As {payer}, in private. Every line opens its receipt. Send:", "以 {payer} 的身份在私聊里查看，每一行都能打开凭证。发送："],
  "tour.statement": ["A month at a glance", "一个月的收支"],
  "tour.statement.text": ["A picture of what came and went, with buttons for a PDF and a table. Send:", "一张收支图，下方的按钮可以取 PDF 和明细表。发送："],
  "tour.agreement": ["What was agreed to", "同意过的协议"],
  "tour.agreement.text": ["Each agreement with its version and date, to be read again at any time. Send:", "每份协议的版本和日期都在，随时可以再读。发送："],
  "tour.end": ["That was the whole way round", "走完一圈了"],
  "tour.end.text": ["Now try what you like: several receivers at once, giving money back, a nickname, another language. /help knows the rest.", "接下来随便试：一次付给几个人、把钱退还、改昵称、换一种语言。其余的 /help 都知道。"],
};

const LANGUAGES = ["en", "zh"];
const listeners = new Set();
let current = remembered() ?? ((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");
let clocks = makeClocks();

function remembered() {
  const kept = recall("page.language");
  return LANGUAGES.includes(kept) ? kept : null;
}

/** Read a small preference; a browser that forbids storage simply forgets. */
export function recall(name) {
  try {
    return localStorage.getItem(`local-chat.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`local-chat.${name}`, value);
  } catch {
    // Forgetting a preference harms nobody.
  }
}

function makeClocks() {
  const locale = current === "zh" ? "zh-CN" : "en-GB";
  const format = (options) => new Intl.DateTimeFormat(locale, options);
  return {
    time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    day: format({ day: "numeric", month: "long" }),
    dayAndYear: format({ day: "numeric", month: "long", year: "numeric" }),
    weekday: format({ weekday: "short" }),
    short: format({ day: "numeric", month: "numeric", year: "2-digit" }),
    full: format({ dateStyle: "full", timeStyle: "medium" }),
  };
}

export function language() {
  return current;
}

export function setLanguage(next) {
  current = LANGUAGES.includes(next) ? next : "en";
  clocks = makeClocks();
  remember("page.language", current);
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  for (const listener of listeners) listener();
}

export function onLanguage(listener) {
  listeners.add(listener);
}

/** A sentence of the page. Facts that are strings are bidi-isolated, so no name can turn the sentence around. */
export function say(key, facts = {}) {
  const sentence = WORDS[key][current === "zh" ? 1 : 0];
  return sentence.replace(/\{(\w+)\}/g, (_, name) => {
    const fact = facts[name];
    return typeof fact === "number" ? String(fact) : `\u2068${fact}\u2069`;
  });
}

/** Why an act was refused, in as many words as there are. */
export const sayWhy = (refused) => (refused.code === "no_server" ? say("no.server") : refused.message || String(refused.code));

export const timeOf = (unix) => clocks.time.format(unix * 1000);
export const fullTimeOf = (unix) => clocks.full.format(unix * 1000);

/** A day's own name, to tell days apart. */
export function dayKey(unix) {
  const date = new Date(unix * 1000);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

export function dayName(unix) {
  const now = Date.now() / 1000;
  if (dayKey(unix) === dayKey(now)) return say("today");
  if (dayKey(unix) === dayKey(now - 86400)) return say("yesterday");
  const sameYear = new Date(unix * 1000).getFullYear() === new Date().getFullYear();
  return (sameYear ? clocks.day : clocks.dayAndYear).format(unix * 1000);
}

/** When, as briefly as a list can say it. */
export function briefTime(unix) {
  const now = Date.now() / 1000;
  if (dayKey(unix) === dayKey(now)) return timeOf(unix);
  if (now - unix < 6 * 86400) return clocks.weekday.format(unix * 1000);
  return clocks.short.format(unix * 1000);
}

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
