import Schema
import Testing

@Suite("The one statement that a finalizer may send: a call with values written out")
struct ProcedureCallTests {
    @Test(arguments: [
        ("CALL routing.publish()", "CALL `routing`.`publish`()"),
        ("call `routing` . publish;", "CALL `routing`.`publish`()"),
        (
            "CALL routing.publish('it''s', -3, 1.5e3, null, True) -- words",
            "CALL `routing`.`publish`('it''s', -3, 1.5e3, NULL, TRUE)"
        ),
        ("CALL `a``b`.`c.d`(/* words */ 1)", "CALL `a``b`.`c.d`(1)"),
        ("CALL routing.publish('ä; -- x')", "CALL `routing`.`publish`('ä; -- x')"),
    ])
    func calls(_ text: String, sent: String) throws {
        let call = try ProcedureCall(text)
        #expect(call.sql == sent)
        #expect(try ProcedureCall(call.sql) == call)
    }

    @Test(
        "attack: anything else is refused",
        arguments: [
            ("", "is no CALL"), ("DROP TABLE a.b", "is no CALL"),
            ("GRANT ALL ON *.* TO x", "is no CALL"),
            ("LOAD DATA INFILE 'x' INTO TABLE a.b", "is no"),
            ("SELECT 1 INTO OUTFILE '/tmp/x'", "is no CALL"),
            ("UPDATE a.b SET c = 1", "is no CALL"),
            ("SET GLOBAL read_only = 0", "is no CALL"), ("CALL publish()", "with its database"),
            ("CALL a.b.c()", "goes on"), ("CALL a.b(); DROP TABLE c", "goes on"),
            ("CALL a.b() CALL a.c()", "goes on"), ("CALL a.b((SELECT 1))", "has an argument"),
            ("CALL a.b(LOAD_FILE('/etc/passwd'))", "has an argument"),
            ("CALL a.b(@x)", "has an argument"), ("CALL a.b(@@version)", "has an argument"),
            ("CALL a.b(1 + 1)", "cannot be read"), ("CALL a.b(\"x\")", "has an argument"),
            ("CALL a.b('x\\'')", "has an argument"), ("CALL a.b('\\\\')", "has an argument"),
            ("CALL a.b(0x41)", "has an argument"), ("CALL a.b(x'41')", "has an argument"),
            ("CALL a.b('x' 'y')", "cannot be read"), ("CALL a.b('x'", "cannot be read"),
            ("CALL a.b(`c`)", "has an argument"), ("CALL a.b(1,)", "has an argument"),
            ("CALL a.b(/*!1*/)", "has an argument"), ("/*!CALL*/ a.b()", "is no CALL"),
            ("CALL a.b() /*! ; DROP TABLE c */", "goes on"), ("CALL a.b(-'x')", "has an argument"),
        ])
    func refusals(_ text: String, fault: String) {
        #expect(throws: ProcedureCall.Fault.self) { try ProcedureCall(text) }
        do throws(ProcedureCall.Fault) {
            _ = try ProcedureCall(text)
        } catch {
            #expect(error.message.contains(fault), "\(text): \(error.message)")
        }
    }
}
