import Diff
import Foundation
import Testing

@testable import Views

@Suite struct JUnitViewTests {
    @Test func drift() {
        let text = JUnitView.drift(Sample.drift)
        #expect(
            text == #"""
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="plumb production" tests="9" failures="3" errors="5">
                  <testsuite name="commerce" tests="8" failures="3" errors="5">
                    <testcase classname="commerce" name="commerce_00">
                      <error type="unsupported" message="commerce.geo: uses the storage engine \#
                CONNECT">unsupported: commerce.geo: uses the storage engine CONNECT</error>
                    </testcase>
                    <testcase classname="commerce" name="commerce_01">
                      <error type="unsupported" message="commerce.geo: uses the storage engine \#
                CONNECT">unsupported: commerce.geo: uses the storage engine CONNECT</error>
                    </testcase>
                    <testcase classname="commerce" name="commerce_02">
                      <error type="unsupported" message="commerce.geo: uses the storage engine \#
                CONNECT">unsupported: commerce.geo: uses the storage engine CONNECT</error>
                    </testcase>
                    <testcase classname="commerce" name="commerce_03">
                      <error type="unsupported" message="commerce.geo: uses the storage engine \#
                CONNECT">unsupported: commerce.geo: uses the storage engine CONNECT</error>
                    </testcase>
                    <testcase classname="commerce" name="commerce_08">
                      <failure type="drift" message="commerce.orders: drifted · git → live">commerce.orders: \#
                drifted · git → live
                - KEY by_status (status)
                + debug int(11) DEFAULT NULL</failure>
                    </testcase>
                    <testcase classname="commerce" name="commerce_09">
                      <failure type="drift" message="commerce.customers: \#
                pending · live → git">commerce.customers: pending · live → git
                + email varchar(200)</failure>
                    </testcase>
                    <testcase classname="commerce" name="commerce_17">
                      <failure type="drift" message="commerce.orders: drifted · git → live">commerce.orders: \#
                drifted · git → live
                - KEY by_status (status)
                + debug int(11) DEFAULT NULL</failure>
                    </testcase>
                    <testcase classname="commerce" name="commerce_23">
                      <error type="unreachable" message="connection refused \#
                db-3.internal:3306">unreachable: connection refused db-3.internal:3306</error>
                    </testcase>
                  </testsuite>
                  <testsuite name="in sync" tests="1" failures="0" errors="0">
                    <testcase classname="in sync" name="16 shards in sync"/>
                  </testsuite>
                  <testsuite name="outcome" tests="0" failures="0" errors="0">
                    <properties>
                      <property name="exit" value="6"/>
                      <property name="outcome" value="incomplete"/>
                      <property name="summary" value="2 of 24 shards drifted, 1 pending, 20 in \#
                sync, 1 unknown, 1 table unsupported"/>
                    </properties>
                  </testsuite>
                </testsuites>

                """#)
    }

    /// A shard with changes fails, one that cannot be read is an error, and none is both.
    @Test func planCases() {
        let text = JUnitView.plan(Sample.plan)
        #expect(
            text.contains(
                "<testsuites name=\"plumb production\" tests=\"24\" failures=\"19\" errors=\"5\">"))
        #expect(text.components(separatedBy: "<failure ").count == 20)
        #expect(text.components(separatedBy: "<error ").count == 6)
    }

    @Test func inSync() {
        let text = JUnitView.plan(Sample.noChanges)
        #expect(text.contains("<testcase classname=\"in sync\" name=\"24 shards in sync\"/>"))
        #expect(text.contains("tests=\"1\" failures=\"0\" errors=\"0\""))
    }
}
