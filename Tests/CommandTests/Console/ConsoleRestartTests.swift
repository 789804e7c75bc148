import Foundation
import TestSupport
import Testing

@Suite("The console while its daemon dies and comes back") struct ConsoleRestartTests {
    @Test("it says since when there is no connection, and goes on by itself")
    func restart() throws {
        let fleet = try FleetFixture(shards: 2)
        let port = try LoopbackPort.free()
        let browser = try Browser()
        do {
            let daemon = try DaemonOverHTTP(fleet, listening: port)
            try browser.open(port: port)
            try ConsoleDoor.signIn("operate", browser)
            try browser.shows("Nothing is wrong: 2 of 2 shards in sync")
            daemon.program.send(SIGKILL)
        }
        try browser.shows("No connection since ", in: "#connection")
        // What was seen last is still there, and what is asked now is not taken for done.
        try browser.shows("2 of 2 shards in sync")
        try browser.focus(".fleet")
        try browser.keys("Enter")
        try browser.press("Suspend", in: "main")
        try browser.wait("document.activeElement?.id === 'reason'")
        try browser.type("a look")
        try browser.click("dialog [type=submit]")
        try browser.shows("no connection. Whether it was done is not known", in: "dialog")
        try browser.press("Leave it", in: "dialog")

        // Meanwhile somebody adds a column; the daemon that comes back finds it.
        try fleet.sql(1, "ALTER TABLE orders ADD COLUMN extra int")
        let daemon = try DaemonOverHTTP(fleet, listening: port)
        try browser.wait("document.querySelector('#connection').innerText === ''", seconds: 60)
        try browser.shows("1 shard drifted")
        // The new stream is heard, too.
        try fleet.sql(1, "ALTER TABLE orders DROP COLUMN extra")
        daemon.program.send(SIGHUP)
        try browser.shows("Nothing is wrong: 2 of 2 shards in sync")
        let complaints = try browser.faults(port: port).filter {
            // Chromium says each address that nobody answered.
            !$0.contains("net::ERR_CONNECTION_REFUSED")
                && !$0.contains("net::ERR_INCOMPLETE_CHUNKED_ENCODING")
                && !$0.contains("503 (Service Unavailable)")
        }
        #expect(complaints.isEmpty, "\(complaints)")
    }
}
