"""How long a first load takes on a slow phone: `python -m tools.slow_phone URL EMAIL PASSWORD PATH`, on a demo.

The phone is Lighthouse's: a quarter of this machine's speed, 1.6 Mbit/s, and 150 ms to the server and back.
Prints when the first words stand there and when everything answers, in milliseconds since the address was asked for.
"""

import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

from tools.browser import program

LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER = 4
TIMES = 5
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length"
ASK = """() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const [way] = performance.getEntriesByType("navigation");
  return [paint.startTime, way.domContentLoadedEventEnd];
}"""


def main() -> None:
    """Sign in at full speed, then load as the phone does, with nothing kept."""
    url, email, password, path = sys.argv[1:5]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        found = [_load(browser, url, email, password, path) for _ in range(TIMES)]
        browser.close()
    seen, ready = (statistics.median(times) for times in zip(*found, strict=True))
    sys.stdout.write(f"{path}: first words after {seen:.0f} ms, all answers after {ready:.0f} ms (median of {TIMES})\n")


def _load(browser: Browser, url: str, email: str, password: str, path: str) -> tuple[float, float]:
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{url}/login")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{url}{path}", wait_until="load")
    page.wait_for_function(PAINTED)
    seen, ready = page.evaluate(ASK)
    page.context.close()
    return seen, ready


if __name__ == "__main__":
    main()
