package dev.ringshard.spring.bank;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.spring.ConditionalOnBank;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The repository of the bank's customers, where the cluster has the bank. */
@AutoConfiguration(afterName = "dev.ringshard.spring.RingshardAutoConfiguration")
@ConditionalOnBank
@ConditionalOnBean(Ringshard.class)
class BankAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    CustomerRepository ringshardCustomers(Ringshard ringshard) {
        return ringshard.customers();
    }
}
