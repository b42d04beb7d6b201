namespace Brink.Cli.Tests;

public class ReferenceTests
{
    private const string Page = "docs/reference/command-line.md";

    [Fact]
    public void The_reference_of_the_command_line_matches_the_commands()
    {
        using var brink = new BrinkProgram();
        var reference = brink.Run("reference");
        Assert.Equal((0, ""), (reference.Code, reference.Error));
        Assert.True(
            File.ReadAllText(Checkout.Path(Page)) == reference.Output,
            $"{Page} does not match the commands; run './brink reference > {Page}' to update it");
    }

    [Fact]
    public void Every_visible_command_is_in_the_reference_with_its_options_and_an_example()
    {
        using var brink = new BrinkProgram();
        var reference = brink.Run("reference").Output;
        Assert.All(reference.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        foreach (var (path, command) in BrinkAssembly.Commands().Where(one => one.Path.Length > 0 && !one.Command.Hidden))
        {
            var section = reference.Split($"# brink {string.Join(' ', path)}\n")[1].Split("\n##")[0];
            Assert.All(command.Options, option => Assert.Contains($"- `{option.Name}", section, StringComparison.Ordinal));
            Assert.All(command.Arguments, argument => Assert.Contains($"- `{argument.Name}`: ", section, StringComparison.Ordinal));
            Assert.Contains("\nExample:\n\n```text\nbrink ", section, StringComparison.Ordinal);
        }
    }
}
