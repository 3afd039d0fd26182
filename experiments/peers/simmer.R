# The open network in simmer; arguments: law hours seed a1 a2 b1 b2. One line of JSON.
suppressMessages(library(simmer))
given <- commandArgs(trailingOnly = TRUE)
law <- given[1]; hours <- as.numeric(given[2]); set.seed(as.integer(given[3])); p <- as.numeric(given[4:7])
service <- function(i) if (law == "exponential") function() rexp(1, 1 / p[i]) else function() rlnorm(1, p[i], p[i + 1])
path <- function(name, i, rework) trajectory() %>% seize(name) %>% timeout(service(i)) %>% release(name) %>%
  rollback(3, check = function() runif(1) < rework)
request <- trajectory() %>%
  branch(function() if (runif(1) < 0.7) 1 else 2, continue = FALSE, path("a", 1, 0.15), path("b", 3, 0.25))
env <- simmer() %>% add_resource("a", 3) %>% add_resource("b", 5) %>%
  add_generator("request", request, function() rexp(1, 1))
begin <- sum(proc.time()[1:2])
env %>% run(until = hours)
done <- get_mon_arrivals(env)
sojourn <- done$end_time - done$start_time
p95 <- quantile(sojourn, 0.95)
seconds <- sum(proc.time()[1:2]) - begin
visits <- get_mon_arrivals(env, per_resource = TRUE)
wait <- visits$end_time - visits$start_time - visits$activity_time
cat(sprintf('{"seconds": %.6f, "requests": %d, "wait_a": %.10g, "wait_b": %.10g, "backlog": %.10g, "p95": %.10g}\n',
  seconds, get_n_generated(env, "request"), mean(wait[visits$resource == "a"]), mean(wait[visits$resource == "b"]),
  sum(sojourn) / hours, p95))
