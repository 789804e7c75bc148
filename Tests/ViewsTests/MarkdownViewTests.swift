import Diff
import Testing

@testable import Views

@Suite struct MarkdownViewTests {
    @Test func plan() {
        let text = MarkdownView.plan(Sample.plan)
        #expect(
            text == #"""
                <!-- plumb:plan:production -->
                ### Plan `production`: 3 changes on 24 shards, 1 waiting for approval, 1 denied, \#
                1 left alone as drift, 1 shard unknown, 1 table unsupported

                `64879f7` · `main@3f2a91c` orders: track refunds

                ⚠ stale: origin could not be fetched since 2026-11-21T08:00:00Z

                | table | shards | change | hazard | state |
                | --- | --- | --- | --- | --- |
                | `commerce.orders` | 22 of 24 shards | `cba0 → 1150` | safe · INSTANT \#
                · blocks writes: no | ready |
                | `commerce.orders` | 1 of 24 shards | `6d74 → 1150` | lossy · COPY · rebuilds 41 \#
                M rows, 9.2 GB · blocks writes: yes · needs an approval | left alone as drift: \#
                drift is reported, not corrected (policy.drift, or --heal) |
                | `commerce.legacy_log` | 24 of 24 shards | `836f → absent` | IRREVERSIBLE · \#
                drops the table · approval needed | waits for approval on commerce\_{00..22}: 0 \#
                of 1 approvals given; denied on commerce\_23: denied (1234567) |

                <details><summary><code>commerce.orders</code> on 22 of 24 shards: safe · \#
                INSTANT · blocks writes: no</summary>

                shards: `commerce_{00..16,18..22}`
                <br>git 3f2a91c by dev@<!-- -->example.com (`schema/commerce/orders.sql:9`)

                ```diff
                + refund_total decimal(12,2) NOT NULL DEFAULT 0.00    schema/commerce/orders.sql:9
                ```

                ```sql
                ALTER TABLE `orders` ADD COLUMN `refund_total` decimal(12,2) NOT NULL DEFAULT \#
                0.00, ALGORITHM=INSTANT;
                ```

                </details>

                <details><summary><code>commerce.orders</code> on 1 of 24 shards: lossy · COPY · \#
                rebuilds 41 M rows, 9.2 GB · blocks writes: yes · needs an approval</summary>

                shards: `commerce_17`
                <br>live changed: someone altered the table behind git's back (see plumb drift)

                ```diff
                ~ note varchar(40) → varchar(20) NOT NULL
                + KEY by_status (status)    schema/commerce/orders.sql:14
                ```

                ```sql
                ALTER TABLE `orders`
                  MODIFY `note` varchar(20) NOT NULL,
                  ADD KEY `by_status` (`status`);
                ```

                - size: up to 41 M rows, 9.2 GB (commerce\_17)
                - lossy narrow-type: values of \`note\` longer than 20 characters are refused: \#
                shorten them first
                - rows in the way on commerce\_17 (1 of 1 shard): values that are too long for \#
                varchar(20) in \`note\`
                - look: SELECT \* FROM \`orders\` WHERE CHAR\_LENGTH(\`note\`) &gt; 20 LIMIT 10
                - hint: if \`remark\` was renamed to \`note\`, say so beside the column

                put back: `plumb reconcile --heal --environment production --namespace commerce \#
                --shard commerce_17`

                </details>

                <details><summary><code>commerce.legacy_log</code> on 24 of 24 shards: \#
                IRREVERSIBLE · drops the table · approval needed</summary>

                shards: `commerce_{00..23}`
                <br>retired: the table was removed from git and may be dropped (`plumb.yaml:31`)

                ```diff
                - table legacy_log
                ```

                ```sql
                DROP TABLE `legacy_log`;
                ```

                - size: up to 1.2 M rows, 310 MB (commerce\_03)
                - IRREVERSIBLE drop-table: all rows of \`legacy\_log\` are gone

                approve with: `plumb approve 2e7d2c03a9507ae2 --environment production --reason "…"`

                change it in git, then: `plumb plan --environment production`

                </details>

                - `commerce/commerce_23`: **unknown** · unreachable: connection refused \#
                db-3.internal:3306
                - `commerce.geo on commerce_{00..03}`: **unsupported** · uses the storage engine \#
                CONNECT
                - note (unused-hint): the rename qty → quantity is done

                **3 changes on 24 shards, 1 waiting for approval, 1 denied, 1 left alone as \#
                drift, 1 shard unknown, 1 table unsupported** · exit 6

                """#)
    }

    @Test func drift() {
        let text = MarkdownView.drift(Sample.drift)
        #expect(
            text == #"""
                <!-- plumb:drift:production -->
                ### Drift `production`: 2 of 24 shards drifted, 1 pending, 20 in sync, 1 unknown, \#
                1 table unsupported

                against `main@3f2a91c`, recorded 2026-11-20T18:04:00Z

                | table | status | shards | digests |
                | --- | --- | --- | --- |
                | `commerce.orders` | **drifted · git → live** | 2 of 24 shards: `commerce_{08,17}` | git \#
                1150, recorded 1150, live 6d74 |
                | `commerce.customers` | **pending · live → git** | 1 of 24 shards: `commerce_09` | git 9c0a, \#
                recorded d0f6, live d0f6 |
                | `commerce.tmp_export` | **unmanaged** | 1 of 24 shards: `commerce_02` | git \#
                absent, recorded absent, live cf10 |

                <details><summary><code>commerce.orders</code> drifted · git → live on 2 of 24 \#
                shards</summary>

                ```diff
                - KEY by_status (status)    schema/commerce/orders.sql:14
                + debug int(11) DEFAULT NULL
                ```

                - put back: `plumb reconcile --heal --environment production --namespace commerce \#
                --shard commerce_08 --shard commerce_17`
                - keep: say the same in schema/commerce/orders.sql:14

                </details>

                <details><summary><code>commerce.customers</code> pending · live → git on 1 of 24 \#
                shards</summary>

                ```diff
                + email varchar(200)
                ```

                - roll out: `plumb reconcile --environment production`

                </details>

                - `commerce/commerce_23`: **unknown** · unreachable: connection refused \#
                db-3.internal:3306
                - `commerce.geo on commerce_{00..03}`: **unsupported** · uses the storage engine \#
                CONNECT
                - note (baseline): 2 shards were never recorded

                **2 of 24 shards drifted, 1 pending, 20 in sync, 1 unknown, 1 table unsupported** \#
                · exit 6

                """#)
    }

    @Test func reconcile() {
        let text = MarkdownView.reconcile(Sample.reconcile)
        #expect(
            text == #"""
                <!-- plumb:reconcile:production -->
                ### Reconcile `production`: 14 done, 1 waiting, 1 failed, 6 left for the next \#
                plan, 1 waiting for approval, 1 denied, 1 left alone as drift, 1 shard unknown, 1 \#
                table unsupported

                plan `64879f7` · `main@3f2a91c`

                ⚠ stale: origin could not be fetched since 2026-11-21T08:00:00Z

                rollout `5b20`: **failed**
                <br>████████████░░░░░░░░  14 done  1 waiting  1 failed  6 left for the next plan
                <br>correct the cause, then: `plumb reconcile --environment production`

                - commerce/commerce\_08/orders: lock wait timeout
                - ✗ commerce.orders on commerce\_08 failed: lock wait timeout (after 10 attempts)
                - ■ commerce.orders on commerce\_{09,10} cancelled: the rollout halted
                - recovered commerce/commerce\_03/orders: completed: the statement had run
                - 2 tables found as git says, now recorded

                | table | shards | change | hazard | state |
                | --- | --- | --- | --- | --- |
                | `commerce.orders` | 1 of 24 shards | `6d74 → 1150` | lossy · COPY · rebuilds 41 \#
                M rows, 9.2 GB · blocks writes: yes · needs an approval | left alone as drift: \#
                drift is reported, not corrected (policy.drift, or --heal) |
                | `commerce.legacy_log` | 24 of 24 shards | `836f → absent` | IRREVERSIBLE · \#
                drops the table · approval needed | waits for approval on commerce\_{00..22}: 0 \#
                of 1 approvals given; denied on commerce\_23: denied (1234567) |

                put back: `plumb reconcile --heal --environment production --namespace commerce \#
                --shard commerce_17`

                approve with: `plumb approve 2e7d2c03a9507ae2 --environment production --reason "…"`

                change it in git, then: `plumb plan --environment production`

                - `commerce/commerce_23`: **unknown** · unreachable: connection refused \#
                db-3.internal:3306
                - `commerce.geo on commerce_{00..03}`: **unsupported** · uses the storage engine \#
                CONNECT
                - note (unused-hint): the rename qty → quantity is done

                **14 done, 1 waiting, 1 failed, 6 left for the next plan, 1 waiting for approval, \#
                1 denied, 1 left alone as drift, 1 shard unknown, 1 table unsupported** · exit 6

                """#)
    }

}
