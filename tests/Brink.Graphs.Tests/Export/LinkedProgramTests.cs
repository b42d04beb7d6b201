using System.Text.Json.Nodes;
using static Brink.Graphs.Tests.Export.SmallProgram;

namespace Brink.Graphs.Tests.Export;

/// <summary>Names, ties, literals and writes in place of hand-made programs.</summary>
public class LinkedProgramTests
{
    [Fact]
    public void A_program_becomes_a_graph()
    {
        var graph = ModelFile.Read(new SmallProgram());
        Consistency.Check(graph);
        Assert.Equal(
            ["aten.sym_size.int", "operator.mul", "aten.linear", "aten.relu", "aten.add.Tensor", "aten.mm"],
            graph.Nodes.Select(node => node.Operator));
        Assert.All(graph.Nodes, node => Assert.Equal(10, node.Version));
        Assert.All(graph.Nodes, node => Assert.Equal("a.f(0, 1)", node.Layer));
        Assert.Equal(["linear_1", "sym_size_int"], graph.Outputs);
        Assert.Equal([""], graph.Nodes[1].Outputs);
        Assert.Equal([null, 3L], graph.Inputs.Single().Shape!);
        Assert.Equal("torch.export, schema 8.20, ATen opset 10, by PyTorch 2.14.1", graph.Origin);
        Assert.Equal(new Argument.Integer(1), graph.Nodes[4].Attributes["alpha"]);
    }

    [Fact]
    public void Tied_weights_are_one_parameter()
    {
        var graph = ModelFile.Read(new SmallProgram());
        Assert.Equal(["p_w", "p_b", "b_mask"], graph.Constants.Keys);
        Assert.Equal(new Argument.Reference("p_w"), graph.Nodes[5].Attributes["mat2"]);
        Assert.Equal(["w and tied are one tensor (tied); its name is w."], graph.Remarks);
        Assert.Equal(ConstantRole.Parameter, graph.Constants["p_w"].Role);
        Assert.Equal(ConstantRole.Fixed, graph.Constants["b_mask"].Role);
        Assert.Equal(Bytes(W), graph.Constants["p_w"].Data.Bytes.ToArray());
    }

    [Fact]
    public void A_write_in_place_is_seen_through_the_old_name() =>
        Assert.Equal(new Argument.Reference("relu_"), ModelFile.Read(new SmallProgram()).Nodes[4].Attributes["self"]);

    [Fact]
    public void A_write_into_memory_that_is_read_later_is_refused()
    {
        var program = new SmallProgram();
        program.Nodes.Insert(3, Node("part", "torch.ops.aten.select.int", ("self", Tensor("linear")), ("dim", One("as_int", 0))));
        Consistency.Check(ModelFile.Read(program));   // nothing reads the view
        program.Nodes.Add(Node("neg", "torch.ops.aten.neg.default", ("self", Tensor("part"))));
        var message = ModelFile.Refusal(program);
        Assert.Contains("node 'relu_' (aten.relu_) writes in place into memory that 'part' shares", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_into_a_parameter_is_refused_and_one_into_a_buffer_remarked()
    {
        var program = new SmallProgram();
        program.Nodes.Insert(0, Node("add_", "torch.ops.aten.add_.Tensor", ("self", Tensor("b_mask")), ("other", One("as_int", 1))));
        var graph = ModelFile.Read(program);
        Consistency.Check(graph);
        Assert.Equal(new Argument.Reference("add_"), graph.Nodes[5].Attributes["other"]);
        Assert.Contains("mask is updated by the program; the updates are dropped.", graph.Remarks);
        program.Nodes.Insert(0, Node("mul_", "torch.ops.aten.mul_.Tensor", ("self", Tensor("p_tied")), ("other", One("as_int", 1))));
        Assert.Contains("into the parameter 'w'", ModelFile.Refusal(program), StringComparison.Ordinal);
    }

    [Fact]
    public void Buffer_updates_and_constant_outputs_are_left_out_with_a_remark()
    {
        var program = new SmallProgram();
        var mutation = new JsonObject { ["arg"] = new JsonObject { ["name"] = "add" }, ["buffer_name"] = "mask" };
        program.OutputSpecs.Insert(0, One("buffer_mutation", mutation));
        program.Graph["outputs"]!.AsArray().Insert(0, Tensor("add"));
        program.OutputSpecs.Add(One("user_output", new JsonObject { ["arg"] = One("as_none", true) }));
        program.Graph["outputs"]!.AsArray().Add(One("as_none", true));
        var graph = ModelFile.Read(program);
        Assert.Equal(["linear_1", "sym_size_int"], graph.Outputs);
        Assert.Contains("mask is updated by the program; the updates are dropped.", graph.Remarks);
        Assert.Contains("1 of the returned values is a constant and left out.", graph.Remarks);
    }

    [Fact]
    public void A_node_that_refers_to_a_later_value_is_refused()
    {
        var program = new SmallProgram();
        var last = program.Nodes[5]!;
        program.Nodes.RemoveAt(5);
        program.Nodes.Insert(0, last);
        var message = ModelFile.Refusal(program);
        Assert.Contains("node 'linear_1' refers to 'add', which nothing before it defines", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_used_twice_is_refused()
    {
        var program = new SmallProgram();
        program.Nodes.Insert(0, Node("x", "torch.ops.aten.neg.default", ("self", Tensor("p_w"))));
        Assert.Contains("two values have the name 'x'", ModelFile.Refusal(program), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Arguments => new()
    {
        { """{"as_none": true}""", "Missing", "" },
        { """{"as_int": -3}""", "Integer", "-3" },
        { """{"as_bool": true}""", "Integer", "1" },
        { """{"as_float": "-Infinity"}""", "Number", "-Infinity" },
        { """{"as_float": 1e-05}""", "Number", "1E-05" },
        { """{"as_string": "none"}""", "Text", "none" },
        { """{"as_scalar_type": 7}""", "Type", "Float32" },
        { """{"as_scalar_type": 12}""", "Type", "Bool" },
        { """{"as_layout": 7}""", "Text", "strided" },
        { """{"as_memory_format": 2}""", "Text", "channels_last" },
        { """{"as_device": {"type": "cuda", "index": 1}}""", "Text", "cuda:1" },
        { """{"as_device": {"type": "cpu", "index": null}}""", "Text", "cpu" },
        { """{"as_sym_int": {"as_int": 4}}""", "Integer", "4" },
        { """{"as_sym_int": {"as_name": "x"}}""", "Reference", "x" },
        { """{"as_sym_float": {"as_float": 0.5}}""", "Number", "0.5" },
        { """{"as_sym_bool": {"as_bool": false}}""", "Integer", "0" },
        { """{"as_optional_tensor": {"as_none": true}}""", "Missing", "" },
        { """{"as_optional_tensor": {"as_tensor": {"name": "x"}}}""", "Reference", "x" },
        { """{"as_ints": [1, 2]}""", "List", "Integer 1; Integer 2" },
        { """{"as_floats": [0.5]}""", "List", "Number 0.5" },
        { """{"as_bools": [true]}""", "List", "Integer 1" },
        { """{"as_strings": ["a"]}""", "List", "Text a" },
        { """{"as_sym_ints": [{"as_int": 1}, {"as_name": "x"}]}""", "List", "Integer 1; Reference x" },
        { """{"as_tensors": [{"name": "x"}]}""", "List", "Reference x" },
        { """{"as_optional_tensors": [{"as_none": true}, {"as_tensor": {"name": "x"}}]}""", "List", "Missing ; Reference x" },
        { """{"as_int_lists": [[1], []]}""", "List", "List Integer 1; List " },
    };

    [Theory, MemberData(nameof(Arguments))]
    public void Arguments_of_every_kind_are_read(string json, string kind, string value)
    {
        var program = new SmallProgram();
        program.Nodes.Insert(0, Node("first", "torch.ops.aten.anything.default", ("a", JsonNode.Parse(json)!)));
        Assert.Equal($"{kind} {value}", Words(ModelFile.Read(program).Nodes[0].Attributes["a"]));
    }

    [Theory]
    [InlineData("""{"as_graph": {"name": "g", "graph": {}}}""", "takes a graph as an argument")]
    [InlineData("""{"as_operator": "torch.ops.aten.add.Tensor"}""", "arguments of the kind as_operator are not supported")]
    [InlineData("""{"as_custom_obj": {"name": "o", "class_fqn": "c"}}""", "as_custom_obj")]
    [InlineData("""{"as_wave": 1}""", "the kind of argument 'as_wave' is unknown")]
    [InlineData("""{"as_scalar_type": 10}""", "complex64")]
    [InlineData("""{"as_scalar_type": 77}""", "the element type 77 is unknown")]
    [InlineData("""{"as_int": 99999999999999999999}""", "found 99999999999999999999 in place of an integer of 64 bits")]
    [InlineData("""{"as_int": 1, "as_bool": true}""", "in place of an object with one member")]
    [InlineData("""{"as_float": 1e999}""", "in place of a number")]
    public void Other_arguments_are_refused_by_kind_and_node(string json, string words)
    {
        var program = new SmallProgram();
        program.Nodes.Insert(0, Node("first", "torch.ops.aten.anything.default", ("a", JsonNode.Parse(json)!)));
        var message = ModelFile.Refusal(program);
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains("node 'first' (torch.ops.aten.anything.default): argument 'a': ", message, StringComparison.Ordinal);
    }

    private static string Words(Argument argument) => argument switch
    {
        Argument.Missing => "Missing ",
        Argument.Reference(var name) => $"Reference {name}",
        Argument.Integer(var value) => $"Integer {value}",
        Argument.Number(var value) => FormattableString.Invariant($"Number {value}"),
        Argument.Text(var value) => $"Text {value}",
        Argument.Type(var value) => $"Type {value}",
        Argument.List(var items) => $"List {string.Join("; ", items.Select(Words))}",
        _ => throw new ArgumentOutOfRangeException(nameof(argument), argument, "no such argument"),
    };
}
