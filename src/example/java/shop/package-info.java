/** A shop whose rows belong to tenants: an ordinary application of Spring Boot and JPA, which two databases or more carry. */
@NullMarked
package shop;

import org.jspecify.annotations.NullMarked;
