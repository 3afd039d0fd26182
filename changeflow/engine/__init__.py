"""What happens: chance, rules and the engines that turn a model into a trace."""
