using Brink.Graphs.Onnx.Schema;
using Google.Protobuf;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Parts of ONNX files made by hand.</summary>
internal static class Protos
{
    /// <summary>A model of IR 10 and opset 18.</summary>
    public static ModelProto Model(GraphProto graph, params FunctionProto[] functions)
    {
        var model = new ModelProto { IrVersion = 10, ProducerName = "hand", ProducerVersion = "1.0", Graph = graph };
        model.OpsetImport.Add(Opset("", 18));
        if (functions.Length > 0) model.OpsetImport.Add(Opset("local", 1));
        model.Functions.Add(functions);
        return model;
    }

    public static OperatorSetIdProto Opset(string domain, long version) => new() { Domain = domain, Version = version };

    /// <summary>A graph from inputs x [batch, 2] to its outputs.</summary>
    public static GraphProto Graph(string[] inputs, string[] outputs, params NodeProto[] nodes)
    {
        var graph = new GraphProto { Name = "main" };
        graph.Input.Add(inputs.Select(name => Value(name)));
        graph.Output.Add(outputs.Select(name => Value(name)));
        graph.Node.Add(nodes);
        return graph;
    }

    public static GraphProto With(this GraphProto graph, params TensorProto[] initializers)
    {
        graph.Initializer.Add(initializers);
        return graph;
    }

    public static ValueInfoProto Value(string name, TensorProto.Types.DataType type = TensorProto.Types.DataType.Float)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 2 });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = shape } } };
    }

    public static NodeProto Node(string op, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = $"/layer/{op}_{outputs[0]}" };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        node.Attribute.Add(attributes);
        return node;
    }

    public static NodeProto Call(string function, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var node = Node(function, inputs, outputs, attributes);
        node.Domain = "local";
        return node;
    }

    public static FunctionProto Function(string name, string[] inputs, string[] outputs, params NodeProto[] nodes)
    {
        var function = new FunctionProto { Name = name, Domain = "local" };
        function.Input.Add(inputs);
        function.Output.Add(outputs);
        function.Node.Add(nodes);
        function.OpsetImport.Add(Opset("", 17));
        return function;
    }

    public static AttributeProto Int(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Reference(string name, string parent, AttributeProto.Types.AttributeType type) =>
        new() { Name = name, RefAttrName = parent, Type = type };

    public static AttributeProto Body(string name, GraphProto graph) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph };

    public static AttributeProto Tensor(string name, TensorProto tensor) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Tensor, T = tensor };

    /// <summary>A float32 vector, stored as bytes.</summary>
    public static TensorProto Raw(string name, params float[] elements)
    {
        var tensor = Empty(name, TensorProto.Types.DataType.Float, elements.Length);
        tensor.RawData = ByteString.CopyFrom([.. elements.SelectMany(BitConverter.GetBytes)]);
        return tensor;
    }

    /// <summary>A tensor without elements.</summary>
    public static TensorProto Empty(string name, TensorProto.Types.DataType type, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type };
        tensor.Dims.Add(shape);
        return tensor;
    }

    /// <summary>A float32 vector of two elements in another file.</summary>
    public static TensorProto External(string name, string location, long? offset = null, long? length = null)
    {
        var tensor = Empty(name, TensorProto.Types.DataType.Float, 2);
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        if (offset is not null) tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{offset}" });
        if (length is not null) tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{length}" });
        return tensor;
    }
}
