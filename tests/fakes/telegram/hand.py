"""A page to be the person at the other end of the double: write, send files, press buttons, read along."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.fakes.telegram import forms
from tests.fakes.telegram.people import Seat, person
from tests.fakes.telegram.server import TOKEN, FakeTelegram, Pace
from tests.fakes.telegram.spec import Upload
from tests.fakes.telegram.world import Json

PAGE = """<!doctype html><meta charset="utf-8"><title>Telegram, a double</title>
<style>
 body { font: 15px/1.4 system-ui; max-width: 44rem; margin: 1rem auto; padding: 0 1rem }
 .message { white-space: pre-wrap; padding: .5rem .8rem; margin: .4rem 0; border-radius: .6rem; background: #eef2f6 }
 .mine { background: #dcf5d5; margin-left: 6rem } .draft { opacity: .6 } img { max-width: 100%; display: block }
 form { position: sticky; bottom: 0; background: #fff; display: flex; gap: .5rem; padding: .6rem 0 }
 input[name=text] { flex: 1; padding: .4rem }
</style>
<main></main>
<form>
 <input name="text" autofocus placeholder="Write to the bot"><input type="file" name="file"><button>Send</button>
</form>
<script>
 const main = document.querySelector("main"), form = document.querySelector("form"); let before = "";
 const post = (path, body) => fetch(path, {method: "POST", body});
 const element = (name, text, kind) =>
   Object.assign(document.createElement(name), {textContent: text, className: kind});
 function shown(message) {
   const box = element("div", message.text, "message " + message.kind);
   for (const name of message.files) {
     box.append(name.picture ? Object.assign(new Image(), {src: name.href}) :
       Object.assign(element("a", name.name, ""), {href: name.href}));
   }
   for (const row of message.buttons) {
     const line = element("div", "", "");
     for (const button of row) {
       const one = element("button", button.text, "");
       one.onclick = () => post("press", new URLSearchParams({message: message.id, data: button.callback_data}));
       line.append(one);
     }
     box.append(line);
   }
   return box;
 }
 async function look() {
   const text = await (await fetch("chat")).text();
   if (text !== before) {
     before = text; main.replaceChildren(...JSON.parse(text).map(shown)); window.scrollTo(0, 1e9);
   }
 }
 form.onsubmit = async event => {
   event.preventDefault(); await post("say", new FormData(form)); form.reset(); look();
 };
 setInterval(look, 400);
</script>
"""


async def serve(port: int, token: str | None, asked_to_stop: Callable[[], Awaitable[None]]) -> None:
    """Run the double with its page until asked to stop; it keeps Telegram's pace."""
    async with FakeTelegram(token=token or TOKEN, port=port, pace=Pace()) as fake:
        fake.app.router.routes.extend(routes(person(fake)))
        print(f"TELEGRAM_API_BASE_URL={fake.base_url} TELEGRAM_BOT_TOKEN={fake.token}")
        print(f"Talk to the bot at {fake.base_url}/")
        await asked_to_stop()


def routes(seat: Seat) -> list[Route]:
    """The page at ``/``, for one person in one chat."""

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE)

    async def chat(request: Request) -> Response:
        messages = [_line(seat, message) for _, message in sorted(seat.chat.messages.items())]
        drafts: list[Json] = [
            {"id": 0, "text": text, "kind": "draft", "files": [], "buttons": []} for text in _drafts(seat)
        ]
        return JSONResponse(messages + drafts)

    async def say(request: Request) -> Response:
        given = await forms.given(request)
        text, file = str(given.get("text", "")), given.get("file")
        if isinstance(file, Upload) and file.content:
            seat.document(file.name, file.content, file.mime_type, caption=text or None)
        elif text:
            seat.say(text)
        return Response(status_code=204)

    async def press(request: Request) -> Response:
        given = await forms.given(request)
        seat.press_data(seat.chat.messages[int(given["message"])], str(given["data"]))
        return Response(status_code=204)

    return [
        Route("/", page),
        Route("/chat", chat),
        Route("/say", say, methods=["POST"]),
        Route("/press", press, methods=["POST"]),
    ]


def _drafts(seat: Seat) -> list[str]:
    return list(seat.chat.drafts.values())


def _line(seat: Seat, message: Json) -> Json:
    sizes: list[Json] = message.get("photo", [])
    sent: list[Json] = [part for part in (message.get("document"), *sizes[-1:]) if part]
    return {
        "id": message["message_id"],
        "text": message.get("text") or message.get("caption") or "",
        "kind": "mine" if message["from"]["id"] == seat.user["id"] else "theirs",
        "files": [_file(seat, part, picture=bool(sizes)) for part in sent],
        "buttons": message.get("reply_markup", {}).get("inline_keyboard", []),
    }


def _file(seat: Seat, part: Json, *, picture: bool) -> Json:
    stored = seat.fake.world.files[part["file_id"]]
    return {"name": stored.name, "href": f"/file/bot{seat.fake.token}/{stored.path}", "picture": picture}
