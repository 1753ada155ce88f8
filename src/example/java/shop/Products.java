package shop;

import org.springframework.data.jpa.repository.JpaRepository;

/** The catalogue. */
interface Products extends JpaRepository<Product, Integer> {}
