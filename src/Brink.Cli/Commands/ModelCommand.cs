using System.CommandLine;

namespace Brink.Cli.Commands;

internal static class ModelCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Model file: ONNX, .pt2 of torch.export.save, or TorchScript." };
        var json = Answer.Json();
        var options = new GraphOptions();
        var command = new ExampleCommand(
            "model",
            "Lists what a model file holds: inputs, outputs, parameters, operators and what runs where.",
            "brink model model.onnx");
        command.Arguments.Add(file);
        options.AddTo(command, ofData: false);
        command.Options.Add(json);
        command.SetAction(parsed => Run(parsed.GetValue(file)!, options, parsed, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, GraphOptions options, ParseResult parsed, bool json)
    {
        LoadedLibtorch.Require();
        var content = ModelContent.Of(path, options.Weights(parsed), options.Selection(parsed), options.Output(parsed));
        if (json) Answer.Print(content);
        else Write(content);
        return Answer.Success;
    }

    private static void Write(ModelContent content)
    {
        Console.Out.WriteLine(content.Origin);
        Console.Out.WriteLine();
        if (content.Inputs.Count > 0)
        {
            AnswerTable.Write(
                ["input", "type", "shape"],
                [.. content.Inputs.Select(input => new[] { input.Name, input.Type, Shape(input.Shape) })]);
        }
        AnswerTable.Write(["parameter", "shape"], Rows(content.Parameters));
        if (content.Constants.Count > 0) AnswerTable.Write(["other constant", "shape"], Rows(content.Constants));
        if (content.Operators.Count == 0)
        {
            foreach (var remark in content.Remarks) Console.Out.WriteLine(remark);
            return;
        }
        Console.Out.WriteLine($"outputs    {string.Join(", ", content.Outputs)}");
        Console.Out.WriteLine($"operators  {string.Join(", ", content.Operators)}");
        Console.Out.WriteLine($"engine     {Share(content.Engine, content)}");
        if (content.Autograd.Count > 0)
            Console.Out.WriteLine($"autograd   {string.Join(", ", content.Autograd)}: the whole model runs on libtorch");
        if (content.Missing.Count > 0) Console.Out.WriteLine($"missing    {string.Join(", ", content.Missing)}");
        foreach (var remark in content.Remarks) Console.Out.WriteLine(remark);
    }

    private static string[][] Rows(IReadOnlyList<ModelContent.Named> constants) =>
        [.. constants.Select(constant => new[] { constant.Name, $"[{string.Join(',', constant.Shape)}]" })];

    private static string Share(IReadOnlyList<string> known, ModelContent content) =>
        known.Count == content.Operators.Count ? "all operators" : $"{known.Count} of {content.Operators.Count} operators";

    private static string Shape(IReadOnlyList<string>? sizes) => sizes is null ? "any" : $"[{string.Join(',', sizes)}]";
}
