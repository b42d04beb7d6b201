using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text;

namespace Brink.Cli;

/// <summary>The reference of the command line as Markdown: for each command a sentence, its usage, its arguments and options,
/// and an example.</summary>
internal sealed class CommandReference
{
    private const int Width = 120;

    private readonly StringBuilder _text = new();

    private CommandReference(Command root)
    {
        Lines("# Command line", "");
        Prose("", "This page is generated from the commands. `./brink reference > docs/reference/command-line.md` updates it.");
        Lines("");
        Prose("", "With `--json` a command prints one JSON document on stdout, and nothing else there. Progress goes to stderr, and is"
            + " drawn only on a terminal. Ctrl-C ends a run with everything saved. `--help` after a command prints its help, and"
            + " `brink --version` the version.");
        Lines(
            "",
            "| exit code | meaning |",
            "|---|---|",
            "| 0 | success |",
            "| 1 | a run or a check failed; one line on stderr gives the reason |",
            "| 2 | wrong input; one line on stderr gives the fault, its place and what to do |",
            "");
        foreach (var command in Visible(root)) Link(root.Name, command);
        foreach (var command in Visible(root)) Section($"{root.Name} {command.Name}", command, "##");
    }

    public static string Of(Command root) => new CommandReference(root)._text.ToString();

    private void Section(string path, Command command, string heading)
    {
        Lines("", $"{heading} {path}", "");
        Prose("", Escaped(command.Description!));
        Lines("", "```text", Usage(path, command), "```", "");
        foreach (var argument in command.Arguments)
            Item(argument.Name, argument.Description!, argument.HasDefaultValue ? argument.GetDefaultValue() : null);
        foreach (var option in command.Options)
            Item(Label(option), option.Description!, option.HasDefaultValue ? option.GetDefaultValue() : null);
        foreach (var subcommand in Visible(command)) Link(path, subcommand);
        if (command is ExampleCommand { Example: var example }) Lines("", "Example:", "", "```text", example, "```");
        foreach (var subcommand in Visible(command)) Section($"{path} {subcommand.Name}", subcommand, heading + "#");
    }

    private void Link(string path, Command command)
    {
        var name = $"{path} {command.Name}";
        Prose("- ", $"[{name}](#{name.Replace(' ', '-')}): {Escaped(command.Description!)}");
    }

    private void Item(string label, string description, object? usual)
    {
        var value = usual switch
        {
            null or bool or string[] => null,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => usual.ToString(),
        };
        Prose("- ", $"`{label}`: {Escaped(description)}" + (value is null ? "" : $" Default: {value}."));
    }

    private static string Usage(string path, Command command)
    {
        if (command.Subcommands.Count > 0) return $"{path} COMMAND";
        var arguments = command.Arguments.Select(argument =>
        {
            var name = argument.Name + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
            return argument.HasDefaultValue || argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
        });
        return string.Join(' ', [path, .. arguments, .. command.Options.Where(option => option.Required).Select(Label), "[OPTIONS]"]);
    }

    /// <summary>Returns an option with the name, or the choice, of its value.</summary>
    private static string Label(Option option)
    {
        if (option.ValueType == typeof(bool)) return option.Name;
        var choices = string.Join('|', option.GetCompletions(CompletionContext.Empty).Select(choice => choice.Label));
        return $"{option.Name} {option.HelpName ?? (choices.Length > 0 ? choices : option.Name.TrimStart('-').ToUpperInvariant())}";
    }

    private static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(one => !one.Hidden);

    // Characters that Markdown would take for emphasis or a tag.
    private static string Escaped(string text) =>
        text.Replace("*", "\\*", StringComparison.Ordinal).Replace("<", "\\<", StringComparison.Ordinal);

    private void Lines(params IEnumerable<string> lines)
    {
        foreach (var line in lines) _text.Append(line).Append('\n');
    }

    /// <summary>Appends a paragraph or an item of a list, in lines that are at most as wide as the page.</summary>
    private void Prose(string bullet, string text)
    {
        const char Joint = '\0';
        var line = new StringBuilder(bullet);
        // A line that begins with a minus would begin a list.
        foreach (var word in text.Replace(" - ", $"{Joint}- ", StringComparison.Ordinal).Split(' '))
        {
            if (line.Length > bullet.Length && line.Length + 1 + word.Length > Width)
            {
                Lines(line.ToString());
                line.Clear().Append(' ', bullet.Length);
            }
            if (line.Length > bullet.Length) line.Append(' ');
            line.Append(word.Replace(Joint, ' '));
        }
        Lines(line.ToString());
    }
}
