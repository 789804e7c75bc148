/// Tables in the forms that MySQL 8.0, 8.4 and 9 print.
enum MySQLFixtures {
    static let all: [String] = [
        #"""
        CREATE TABLE `orders` (
          `id` bigint unsigned NOT NULL AUTO_INCREMENT,
          `status` tinyint(1) NOT NULL DEFAULT '1',
          `name` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'it''s',
          `note` text COLLATE utf8mb4_bin,
          `total` decimal(12,2) GENERATED ALWAYS AS ((`net` * 1.19)) STORED,
          `net` decimal(12,2) GENERATED ALWAYS AS ((`id` + 1)) VIRTUAL NOT NULL,
          `hidden` int DEFAULT '5' /*!80023 INVISIBLE */ COMMENT 'x',
          `at` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
          `uid` binary(16) DEFAULT (uuid_to_bin(uuid())),
          `place` point NOT NULL /*!80003 SRID 4326 */,
          `flags` bit(3) DEFAULT b'101',
          `kind` enum('a','b''c','(') COLLATE utf8mb4_bin NOT NULL DEFAULT 'a',
          `doc` json DEFAULT (json_object(_utf8mb4'a',1)),
          `v` vector(3) DEFAULT NULL,
          `fixed` int /*!50606 STORAGE DISK */ /*!50606 COLUMN_FORMAT FIXED */ DEFAULT NULL,
          PRIMARY KEY (`id`),
          UNIQUE KEY `by_name` (`name`(10) DESC,`status`) USING HASH COMMENT 'c',
          KEY `functional` ((lower(`name`)),((`id` + 1)) DESC) /*!80000 INVISIBLE */,
          SPATIAL KEY `by_place` (`place`),
          FULLTEXT KEY `words` (`note`) /*!50100 WITH PARSER `ngram` */ ,
          FULLTEXT KEY `more` (`name`) COMMENT 'y' /*!80000 INVISIBLE */ /*!50100 WITH PARSER `ngram` */ ,
          CONSTRAINT `fk1` FOREIGN KEY (`status`, `id`) REFERENCES `db`.`parent` (`a`, `b`) ON DELETE RESTRICT ON UPDATE SET NULL,
          CONSTRAINT `orders_chk_1` CHECK ((`status` in (1,2))) /*!80016 NOT ENFORCED */,
          CONSTRAINT `orders_chk_2` CHECK ((`name` <> _utf8mb4')'))
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin STATS_PERSISTENT=1 ROW_FORMAT=DYNAMIC COMMENT='AUTO_INCREMENT=7'
        """#,
        #"""
        CREATE TABLE `plain` (
          `id` int NOT NULL,
          `y` year DEFAULT NULL,
          PRIMARY KEY (`id`)
        ) /*!50100 TABLESPACE `innodb_system` */ ENGINE=InnoDB DEFAULT CHARSET=latin1 COMPRESSION='zlib' /*!80016 ENCRYPTION='Y' */
        """#,
        #"""
        CREATE TABLE `by_range` (
          `id` int NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY RANGE (`id`)
        (PARTITION p0 VALUES LESS THAN (10) COMMENT = 'a,b' ENGINE = InnoDB,
         PARTITION `select` VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */
        """#,
        #"""
        CREATE TABLE `by_columns` (
          `id` int NOT NULL,
          `d` date NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50500 PARTITION BY RANGE  COLUMNS(id,d)
        SUBPARTITION BY HASH (`id`)
        SUBPARTITIONS 2
        (PARTITION p0 VALUES LESS THAN (10,'2020-01-01') ENGINE = InnoDB,
         PARTITION p1 VALUES LESS THAN (MAXVALUE,MAXVALUE) ENGINE = InnoDB) */
        """#,
        #"""
        CREATE TABLE `by_key` (
          `id` int NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY KEY /*!50611 ALGORITHM = 1 */ (id)
        PARTITIONS 3 */
        """#,
        #"""
        CREATE TABLE `by_sub` (
          `id` int NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50500 PARTITION BY LIST  COLUMNS(id)
        SUBPARTITION BY LINEAR KEY (id)
        (PARTITION p0 VALUES IN (1,2)
         (SUBPARTITION s0 ENGINE = InnoDB,
          SUBPARTITION s1 ENGINE = InnoDB),
         PARTITION p1 VALUES IN (3)
         (SUBPARTITION s2 ENGINE = InnoDB,
          SUBPARTITION s3 ENGINE = InnoDB)) */
        """#,
    ]
}
