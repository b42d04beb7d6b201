using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Brink.Cli;

/// <summary>A command whose help ends with an example.</summary>
internal sealed class ExampleCommand(string name, string description, string example)
    : Command(name, description)
{
    public string Example => example;

    /// <summary>Makes the option --help of the root, which every command below inherits.</summary>
    public static HelpOption Help()
    {
        var option = new HelpOption();
        option.Action = new HelpWithExample((HelpAction)option.Action!);
        return option;
    }

    private sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is ExampleCommand { Example: var text })
                parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {text}\n");
            return result;
        }
    }
}
